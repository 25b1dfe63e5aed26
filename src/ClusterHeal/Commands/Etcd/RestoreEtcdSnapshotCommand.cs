using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Restores a snapshot to the data directory of a member, with the parameters of <c>etcdctl snapshot restore</c>.</summary>
[Cmdlet(VerbsData.Restore, "EtcdSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = DirectorySet)]
[OutputType(typeof(EtcdRestoreResult))]
public sealed class RestoreEtcdSnapshotCommand : AsyncCmdlet
{
    private const string DirectorySet = "DataDirectory";

    /// <summary>The snapshot file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), FilePath]
    public string Path { get; set; } = "";

    /// <summary>The data directory, absent or empty.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true), FilePath]
    public string DataDirectory { get; set; } = "";

    /// <summary>A directory of its own for the log.</summary>
    [Parameter(ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true), FilePath]
    public string? WalDirectory { get; set; }

    /// <summary>The name of the member.</summary>
    [Parameter(ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "default";

    /// <summary>All members of the new cluster.</summary>
    [Parameter(ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string InitialCluster { get; set; } = "default=http://localhost:2380";

    /// <summary>The token of the new cluster.</summary>
    [Parameter(ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string InitialClusterToken { get; set; } = ClusterHeal.Etcd.Snapshots.InitialCluster.DefaultToken;

    /// <summary>The peer URLs that the member will advertise.</summary>
    [Parameter(ParameterSetName = DirectorySet, ValueFromPipelineByPropertyName = true)]
    public string[] InitialAdvertisePeerUrls { get; set; } = [];

    /// <summary>The version of the servers.</summary>
    [Parameter]
    public Version? TargetVersion { get; set; }

    /// <summary>How far the revision moves on.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long BumpRevision { get; set; }

    /// <summary>Marks everything up to the moved revision as compacted.</summary>
    [Parameter]
    public SwitchParameter MarkCompacted { get; set; }

    /// <summary>Addresses of API servers that will not come back.</summary>
    [Parameter]
    public string[] GoneApiServer { get; set; } = [];

    /// <summary>Takes a file whose sha256 is missing or wrong.</summary>
    [Parameter]
    public SwitchParameter SkipHashCheck { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var spec = new RestoreSpec
        {
            Cluster = ClusterHeal.Etcd.Snapshots.InitialCluster.Parse(InitialCluster, InitialClusterToken),
            TargetVersion = TargetVersion,
            SkipHashCheck = SkipHashCheck,
            BumpRevision = BumpRevision,
            MarkCompacted = MarkCompacted,
            GoneApiServers = GoneApiServer,
        };
        var target = new RestoreTarget(Name, DataDirectory, WalDirectory);
        return MemberRestore.RunAsync(Path, spec, target, InitialAdvertisePeerUrls, sink, TimeProvider.System, cancellationToken);
    }
}
