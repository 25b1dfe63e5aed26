using System.Management.Automation;
using ClusterHeal.Common;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that talk to an etcd cluster: where it is, who is trusted, who asks.</summary>
public abstract class EtcdCmdlet : AsyncCmdlet
{
    /// <summary>The client endpoints of the members.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <summary>The authorities that the members' certificates are checked against.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), FilePath]
    public string? CaFile { get; set; }

    /// <summary>The client certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), FilePath]
    public string? CertFile { get; set; }

    /// <summary>The key of the client certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), FilePath]
    public string? KeyFile { get; set; }

    /// <summary>User and password.</summary>
    [Parameter, Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Does not check who the members are.</summary>
    [Parameter]
    public SwitchParameter Insecure { get; set; }

    /// <summary>Does the work for one cluster, on the thread pool.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and where the pipeline ends early.</param>
    private protected abstract Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EndpointCompleter.Remember(Endpoint);
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // A property without a value binds as an empty text.
        string?[] files = [.. new[] { CaFile, CertFile, KeyFile }.Select(file => string.IsNullOrEmpty(file) ? null : file)];
        using var tls = files.All(file => file is null)
            ? null
            : await TlsMaterial.ReadAsync(files[0], files[1], files[2], cancellationToken).ConfigureAwait(false);
        var connection = new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany(Endpoint),
            Tls = tls,
            Insecure = Insecure,
            Credential = Credential?.GetNetworkCredential(),
        };
        await RunAsync(connection, sink, cancellationToken).ConfigureAwait(false);
    }
}
