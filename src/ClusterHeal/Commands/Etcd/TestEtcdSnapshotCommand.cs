using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Proves a snapshot file of etcd, by itself, against the live members of its cluster, and by a restore for a trial.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EtcdSnapshot", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CheckResult), typeof(bool))]
public sealed class TestEtcdSnapshotCommand : FileCmdlet
{
    /// <summary>The endpoints of the cluster to compare with.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
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

    /// <summary>How long one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>Restores it for a trial.</summary>
    [Parameter]
    public SwitchParameter Rehearse { get; set; }

    /// <summary>Answers with true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        using var tls = await TlsMaterial.ReadIfNamedAsync(CaFile, CertFile, KeyFile, cancellationToken).ConfigureAwait(false);
        var connection = Endpoint.Length == 0 ? null : new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany(Endpoint),
            Tls = tls,
            Insecure = Insecure,
            Credential = Credential?.GetNetworkCredential(),
            CallTimeout = TimeSpan.FromSeconds(TimeoutSec),
        };
        var rehearsal = Rehearse ? new SnapshotRehearsal(Environment.GetEnvironmentVariable("PATH"), sink) : null;
        var results = await SnapshotTester.TestAsync(path, connection, rehearsal, cancellationToken).ConfigureAwait(false);
        if (Quiet) sink.Emit(SnapshotTester.IsProven(results));
        else foreach (var result in results) sink.Emit(result);
    }
}
