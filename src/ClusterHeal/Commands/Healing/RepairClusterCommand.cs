using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Healing;

/// <summary>Repair-Cluster: heals what fails in a health test, step by step, as one plan.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "Cluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ClusterRepairReport), typeof(ClusterRepairPlan))]
public sealed class RepairClusterCommand : ClusterCmdlet
{
    private readonly List<CheckResult> _checks = [];
    private string _location = "";
    private bool _hasInput;

    /// <summary>Results of Test-ClusterHealth.</summary>
    [Parameter(ValueFromPipeline = true)]
    public CheckResult[] InputObject { get; set; } = [];

    /// <summary>The nodes that are certainly off.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [NameList]
    public string[] NodeIsOff { get; set; } = [];

    /// <summary>The folder of the snapshots.</summary>
    [Parameter, FilePath]
    public string? BackupPath { get; set; }

    /// <summary>The folder for the snapshots that are saved before members are repaired.</summary>
    [Parameter, FilePath]
    public string? LastSnapshotDirectory { get; set; }

    /// <summary>How long a check may take to pass after a step.</summary>
    [Parameter, Seconds, ValidateRange(10, 3600)]
    public int TimeoutSec { get; set; } = 180;

    /// <summary>The files of a report.</summary>
    [Parameter, FilePath]
    public string[] ReportPath { get; set; } = [];

    /// <summary>Does not ask, and takes another operation's lock.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _location = SessionPaths.Full(SessionState, ".");
    }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        _hasInput = true;
        _checks.AddRange(InputObject);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // A filter without results does not mean everything.
        if (!_hasInput)
        {
            sink.Verbose("No result came through the pipeline, so nothing was repaired.");
            return;
        }

        var connection = HostName.Length > 0 ? Connected with { HostName = HostName } : Connected;
        using var opened = await OpenedHealthSources.OpenAsync(connection, BackupPath, Shells, cancellationToken).ConfigureAwait(false);
        var request = new ClusterRepairRequest
        {
            Sources = opened.Sources,
            Options = new HealthOptions(),
            Checks = _checks.Count == 0 ? null : _checks,
            NodesOff = NodeIsOff,
            NodeHost = ConnectionTo,
            SnapshotFolder = LastSnapshotDirectory ?? _location,
            ReportPath = ReportPath,
            Force = Force,
            Patience = TimeSpan.FromSeconds(TimeoutSec),
        };
        await new ClusterRepair(request, sink, TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
