using System.Management.Automation;
using ClusterHeal.Internal;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// A cmdlet that talks to an API server: the one of <c>-Kubeconfig</c> and <c>-Context</c>, else of <c>-Cluster</c>, else of the runspace's
/// default, else of the kubeconfig that kubectl would take.
/// </summary>
public abstract class KubernetesCmdlet : AsyncCmdlet
{
    private static readonly ClusterConnection KubectlsOwn = new() { ClusterName = "" };

    private ClusterConnection _connection = KubectlsOwn;
    private KubernetesClient? _client;

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter]
    public string? Context { get; set; }

    /// <summary>A connection of Connect-Cluster.</summary>
    [Parameter]
    public ClusterConnection? Cluster { get; set; }

    /// <summary>The cluster that this cmdlet talks to.</summary>
    private protected ClusterConnection Connection => _connection;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var given = Kubeconfig.Length > 0 || Context is not null;
        _connection = given
            ? KubectlsOwn with { Kubeconfig = [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))], Context = Context }
            : Cluster ?? ClusterSession.Current.Connection ?? KubectlsOwn;
    }

    /// <summary>The client of the API server; one for all input of the pipeline.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    protected async Task<KubernetesClient> ClientAsync(CancellationToken cancellationToken) =>
        _client ??= await ClusterConnector.OpenAsync(_connection, Shells, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _client?.Dispose();
        base.Dispose(disposing);
    }
}
