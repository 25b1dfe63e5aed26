using System.Management.Automation;
using ClusterHeal.Common;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of cmdlets that talk to an etcd cluster: its endpoints, the trusted authorities, the user; and the host through which it is reached, if
/// it cannot be reached from here. Without endpoints it is the etcd that is set up on the host, or that of the runspace's connection.
/// </summary>
public abstract class EtcdCmdlet : SshCmdlet
{
    private string?[] _files = [null, null, null];

    /// <summary>The client endpoints of the members.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public virtual string[] Endpoint { get; set; } = [];

    /// <summary>The authorities for the members' certificates.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CaFile { get; set; }

    /// <summary>The client certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CertFile { get; set; }

    /// <summary>The key of the client certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KeyFile { get; set; }

    /// <summary>The host through which etcd is reached.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), NoRecord(IsSingle = true)]
    [Alias("ComputerName")]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string? HostName { get; set; }

    /// <summary>User and password.</summary>
    [Parameter, Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Does not check the members' identity.</summary>
    [Parameter]
    public SwitchParameter Insecure { get; set; }

    /// <summary>Does the work for one cluster, on the thread pool.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    private protected abstract Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EndpointCompleter.Remember(Endpoint);
        // Here, not when they are bound: only now it is known whether they are paths of this machine or of a host.
        _files = [.. new[] { CaFile, CertFile, KeyFile }.Select(LocalPath)];
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (Endpoint.Length == 0)
        {
            await ClusterEtcd.UseAsync(
                Target(), HostsToAsk(), Shells, connection => RunAsync(Complete(connection), sink, cancellationToken), cancellationToken).ConfigureAwait(false);
            return;
        }

        var endpoints = EtcdEndpoint.ParseMany(Endpoint);
        if (!IsThroughHost)
        {
            using var material = await TlsMaterial.ReadIfNamedAsync(_files[0], _files[1], _files[2], cancellationToken).ConfigureAwait(false);
            var access = new EtcdAccess(_files[0], _files[1], _files[2]);
            await RunAsync(Complete(new EtcdConnection { Endpoints = endpoints, Tls = material, Access = access }), sink, cancellationToken).ConfigureAwait(false);
            return;
        }

        var host = ConnectionTo(HostName ?? "");
        var shell = Shells.Open(host);
        await using (shell.ConfigureAwait(false))
        {
            var connection = await EtcdHost.ConnectAsync(shell, endpoints, _files[0], _files[1], _files[2], cancellationToken).ConfigureAwait(false);
            using var material = connection.Tls;
            connection = connection with { Access = connection.Access! with { Host = host } };
            await RunAsync(Complete(connection), sink, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A named host comes before the endpoints of the connection.</summary>
    private ClusterConnection Target() => IsThroughHost
        ? Connected with { Endpoint = [] }
        : Connected with { CaFile = _files[0] ?? Connected.CaFile, CertFile = _files[1] ?? Connected.CertFile, KeyFile = _files[2] ?? Connected.KeyFile };

    private IEnumerable<HostConnection> HostsToAsk() =>
        (IsThroughHost ? [HostName ?? HostConnection!.HostName] : Connected.HostName).Select(ConnectionTo);

    private bool IsThroughHost => HostConnection is not null || !string.IsNullOrEmpty(HostName);

    private EtcdConnection Complete(EtcdConnection connection) =>
        connection with { Insecure = Insecure, Credential = Credential?.GetNetworkCredential() };

    // A property without a value binds as an empty text.
    private string? LocalPath(string? path) =>
        string.IsNullOrEmpty(path) ? null : IsThroughHost ? path : SessionPaths.Full(SessionState, path);
}
