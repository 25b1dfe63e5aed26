using System.Management.Automation;
using ClusterHeal.Completion;
using ClusterHeal.Internal;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// A cmdlet that talks to an API server: the one of <c>-Kubeconfig</c> and <c>-Context</c>, otherwise of <c>-Cluster</c>, otherwise of the runspace's
/// default connection, otherwise of the kubeconfig that kubectl would use.
/// </summary>
public abstract class KubernetesCmdlet : AsyncCmdlet
{
    private static readonly ClusterConnection KubectlsOwn = new() { ClusterName = "" };

    private ClusterConnection _connection = KubectlsOwn;
    private KubernetesClient? _client;
    private bool _isFromPipeline;

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>A connection of Connect-Cluster.</summary>
    [Parameter(ValueFromPipeline = true), Connection]
    public ClusterConnection? Cluster { get; set; }

    /// <summary>True if the cmdlet gathers all its input before it does anything.</summary>
    private protected virtual bool GathersInput => false;

    /// <summary>The cluster that this cmdlet talks to.</summary>
    private protected ClusterConnection Connection => _connection;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _connection = IsKubeconfigGiven
            ? KubectlsOwn with { Kubeconfig = [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))], Context = Context }
            : Cluster ?? ClusterSession.Current.Connection ?? KubectlsOwn;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Cluster is not null && !IsKubeconfigGiven && !ReferenceEquals(Cluster, _connection)) Use(Cluster);
        base.ProcessRecord();
    }

    /// <summary>The client of the API server; one for all input with the same connection.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    protected async Task<KubernetesClient> ClientAsync(CancellationToken cancellationToken) =>
        _client ??= await ClusterConnector.OpenAsync(_connection, Shells, cancellationToken).ConfigureAwait(false);

    private bool IsKubeconfigGiven => Kubeconfig.Length > 0 || Context is not null;

    private void Use(ClusterConnection connection)
    {
        if (GathersInput && _isFromPipeline)
        {
            ThrowTerminatingError(ErrorRecords.From(new ClusterHealException(
                ErrorIds.SeveralConnections,
                FaultCategory.InvalidArgument,
                $"Connections to '{_connection}' and '{connection}' came through the pipeline, and one call works on one cluster. Nothing was done.",
                connection,
                "Pipe one connection, or call it for each: ForEach-Object { … -Cluster $_ }.")));
        }

        _client?.Dispose();
        (_client, _connection, _isFromPipeline) = (null, connection, true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _client?.Dispose();
        base.Dispose(disposing);
    }
}
