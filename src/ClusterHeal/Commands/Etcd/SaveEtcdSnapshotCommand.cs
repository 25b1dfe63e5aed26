using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Saves a snapshot of an etcd cluster and proves it while it streams. If that fails, no file is left.</summary>
[Cmdlet(VerbsData.Save, "EtcdSnapshot", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class SaveEtcdSnapshotCommand : EtcdCmdlet
{
    private const string PathSet = "Path";
    private const string DirectorySet = "Directory";

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet), FilePath]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The folder for a file with a dated name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DirectorySet), FilePath]
    [ValidateNotNullOrEmpty]
    public string? Directory { get; set; }

    /// <summary>How many of the newest snapshots stay.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>For how many days the newest snapshot stays.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    /// <summary>For how many weeks the newest snapshot stays.</summary>
    [Parameter(ParameterSetName = DirectorySet)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    /// <summary>How the member is set up, for the manifest beside the snapshot.</summary>
    [Parameter(ValueFromPipeline = true)]
    public EtcdConfiguration? Configuration { get; set; }

    /// <summary>How long the stream may take as a whole.</summary>
    [Parameter]
    [ValidateRange(1, 86400), Seconds]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>How long the member may send nothing.</summary>
    [Parameter]
    [ValidateRange(1, 3600), Seconds]
    public int IdleTimeoutSec { get; set; } = 30;

    /// <summary>Replaces an existing file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        var options = new SnapshotSaveOptions
        {
            Path = Path,
            Directory = Directory,
            Force = Force,
            Retention = new SnapshotRetention { KeepLast = KeepLast, KeepDaily = KeepDaily, KeepWeekly = KeepWeekly },
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
            IdleTimeout = TimeSpan.FromSeconds(IdleTimeoutSec),
            Configuration = Configuration,
        };
        return new SnapshotSaver(connection, options, TimeProvider.System).RunAsync(sink, cancellationToken);
    }
}
