using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Internal;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Connect-Cluster: ties kubeconfig, etcd and hosts together as the runspace's default.</summary>
[Cmdlet(VerbsCommunications.Connect, "Cluster")]
[OutputType(typeof(ClusterConnection))]
public sealed class ConnectClusterCommand : LoginCmdlet
{
    private ClusterSession _session = null!;
    private ClusterConnection _wanted = null!;

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The name by which prompts call the cluster.</summary>
    [Parameter]
    public string ClusterName { get; set; } = "";

    /// <summary>etcd's endpoints.</summary>
    [Parameter, NameList]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <summary>The authority of etcd's certificates.</summary>
    [Parameter, FilePath]
    public string? CaFile { get; set; }

    /// <summary>The client certificate for etcd.</summary>
    [Parameter, FilePath]
    public string? CertFile { get; set; }

    /// <summary>Its key.</summary>
    [Parameter, FilePath]
    public string? KeyFile { get; set; }

    /// <summary>The control-plane hosts.</summary>
    [Parameter, NameList]
    [Alias("ComputerName")]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _session = ClusterSession.Current;
        _wanted = new ClusterConnection
        {
            ClusterName = ClusterName,
            Kubeconfig = [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))],
            Context = Context,
            Endpoint = Endpoint,
            CaFile = CaFile,
            CertFile = CertFile,
            KeyFile = KeyFile,
            HostName = HostName,
            UserName = LoginUser.Of(UserName, SshCredential, this),
            KeyFilePath = KeyFilePath,
            Port = Port,
            SshOption = SshOptions,
            SshTransport = SshTransport,
            KeyPassphrase = KeyPassphrase,
            LoginPassword = SecretOf(SshCredential, HostName),
            Sudo = Sudo || SudoCredential is not null,
            SudoPassword = SecretOf(SudoCredential, HostName),
        };
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var connection = await ClusterConnector.ConnectAsync(
            _wanted, Shells, stop => ClusterReach.AnythingAnswersAsync(_wanted, Shells, stop), cancellationToken).ConfigureAwait(false);
        if (connection is { Server: { } server, ServerVersion: null })
        {
            var way = connection.ThroughHost is { } host ? $" through {host}" : "";
            sink.Warning($"The API server at {server} does not answer{way}; etcd and the hosts are connected anyway.");
        }

        _session.Connection = connection;
        sink.Emit(connection);
    }
}
