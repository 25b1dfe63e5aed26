using System.Management.Automation;
using ClusterHeal.Completion;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// A cmdlet that needs a whole cluster: its API server and its control-plane hosts. What is not given comes from <c>-Cluster</c>, otherwise from the
/// runspace's default connection.
/// </summary>
public abstract class ClusterCmdlet : SshCmdlet
{
    private KubernetesClient? _client;

    /// <summary>The control-plane hosts.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateCount(1, 15), NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    private protected override void Use(ClusterConnection connection)
    {
        base.Use(connection);
        if (Kubeconfig.Length == 0 && Context is null) return;
        // Another kubeconfig is another cluster. Then only the login to hosts may be used from the default connection.
        Connected = Connected with
        {
            ClusterName = "",
            Server = null,
            ThroughHost = null,
            HostName = [],
            Endpoint = [],
            Kubeconfig = [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))],
            Context = Context,
        };
    }

    /// <summary>The control-plane hosts, with everything that a login needs.</summary>
    private protected IReadOnlyList<HostConnection> Hosts => [.. (HostName.Length > 0 ? HostName : Connected.HostName).Select(ConnectionTo)];

    /// <summary>How the API server is reached.</summary>
    private protected async Task<KubernetesConnection> KubernetesAsync(CancellationToken cancellationToken)
    {
        // It lives as long as the cmdlet: a connection through a host uses the client's own login there.
        _client ??= await ClusterConnector.OpenAsync(Connected, Shells, cancellationToken).ConfigureAwait(false);
        return _client.Connection;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _client?.Dispose();
        base.Dispose(disposing);
    }
}
