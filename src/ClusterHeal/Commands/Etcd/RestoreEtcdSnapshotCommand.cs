using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>
/// Restores a snapshot: to the data directory of a member, with the parameters of <c>etcdctl snapshot restore</c>, or to all hosts of
/// a cluster over SSH.
/// </summary>
[Cmdlet(VerbsData.Restore, "EtcdSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = DirectorySet)]
[OutputType(typeof(EtcdRestoreResult), ParameterSetName = [DirectorySet])]
[OutputType(typeof(ClusterRestoreReport), typeof(ClusterRestorePlan), ParameterSetName = [HostsSet])]
public sealed class RestoreEtcdSnapshotCommand : SshCmdlet
{
    private const string DirectorySet = "DataDirectory";
    private const string HostsSet = "HostName";

    /// <summary>The snapshot file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), FilePath]
    [Alias("FullName")]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
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

    /// <summary>The hosts of all members.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HostsSet)]
    [Alias("ComputerName")]
    [ValidateCount(1, 9), NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>The members that will not come back.</summary>
    [Parameter(ParameterSetName = HostsSet)]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(MemberCompleter))]
    public string[] LostMember { get; set; } = [];

    /// <inheritdoc/>
    [Parameter(ParameterSetName = HostsSet, ValueFromPipeline = true), Connection]
    public override ClusterConnection? Cluster { get; set; }

    /// <summary>The name of the cluster in prompts and reports.</summary>
    [Parameter(ParameterSetName = HostsSet)]
    [ValidateNotNullOrEmpty]
    public string? ClusterName { get; set; }

    /// <summary>The folder for the last snapshot of the current data.</summary>
    [Parameter(ParameterSetName = HostsSet), FilePath]
    public string? LastSnapshotDirectory { get; set; }

    /// <summary>Restarts the kubelets of the hosts at the end.</summary>
    [Parameter(ParameterSetName = HostsSet)]
    public SwitchParameter RestartKubelet { get; set; }

    /// <summary>How long the hosts wait for the operator before they recover by themselves.</summary>
    [Parameter(ParameterSetName = HostsSet), Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The version of the servers.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    public Version? TargetVersion { get; set; }

    /// <summary>By how much the revision grows.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? BumpRevision { get; set; }

    /// <summary>Marks everything up to the raised revision as compacted.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    public SwitchParameter MarkCompacted { get; set; }

    /// <summary>Addresses of API servers that will not come back.</summary>
    [Parameter(ParameterSetName = DirectorySet), NameList]
    public string[] GoneApiServer { get; set; } = [];

    /// <summary>Accepts a file whose sha256 is missing or wrong.</summary>
    [Parameter]
    public SwitchParameter SkipHashCheck { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken) =>
        ParameterSetName == HostsSet ? RestoreClusterAsync(sink, cancellationToken) : RestoreMemberAsync(sink, cancellationToken);

    private async Task RestoreClusterAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new ClusterRestoreRequest
        {
            OpenShell = Shells.Open,
            SnapshotPath = Path,
            Cluster = ClusterName ?? Operations.ClusterName.Of(Connected, HostName),
            LastSnapshotFolder = LastSnapshotDirectory ?? System.IO.Path.GetDirectoryName(Path)!,
            LostMembers = LostMember,
            BumpRevision = BumpRevision,
            SkipHashCheck = SkipHashCheck,
            RestartKubelet = RestartKubelet,
            Force = Force,
            HealAfter = For,
        };
        var hosts = HostName.Select(ConnectionTo).ToArray();
        await using var restore = new ClusterRestore(hosts, request, OperationJournal.DefaultFolder, TimeProvider.System);
        await restore.RunAsync(sink, cancellationToken).ConfigureAwait(false);
    }

    private Task RestoreMemberAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (HostConnection is { } host) throw SettingsOfHost(host.HostName);
        var spec = new RestoreSpec
        {
            Cluster = ClusterHeal.Etcd.Snapshots.InitialCluster.Parse(InitialCluster, InitialClusterToken),
            TargetVersion = TargetVersion,
            SkipHashCheck = SkipHashCheck,
            BumpRevision = BumpRevision ?? 0,
            MarkCompacted = MarkCompacted,
            GoneApiServers = GoneApiServer,
        };
        var target = new RestoreTarget(Name, DataDirectory, WalDirectory);
        return MemberRestore.RunAsync(Path, spec, target, InitialAdvertisePeerUrls, sink, TimeProvider.System, cancellationToken);
    }

    private static ClusterHealException SettingsOfHost(string hostName) => new(
        ErrorIds.RestoreOptionsInvalid,
        FaultCategory.InvalidArgument,
        $"These are the settings of etcd on {hostName}, and its data directory would be written on this machine. Nothing was touched.",
        hostName,
        "To restore the cluster on its hosts: Restore-EtcdSnapshot -Path FILE -HostName ITS-HOSTS. To write a member's data to this machine: the same with "
        + "-DataDirectory, -Name and -InitialCluster, and nothing from the pipeline.");
}
