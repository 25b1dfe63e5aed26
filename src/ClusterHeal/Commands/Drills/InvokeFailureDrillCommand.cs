using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Drills;

/// <summary>Invoke-FailureDrill: breaks one thing on purpose, compares what is seen with what is expected, and heals it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "FailureDrill", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DrillReport), typeof(DrillPlan))]
public sealed class InvokeFailureDrillCommand : ClusterCmdlet
{
    /// <summary>The drill.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public DrillName Name { get; set; }

    /// <summary>The affected hosts or nodes.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] TargetName { get; set; } = [];

    /// <summary>The time after which the hosts bring back by themselves what was stopped.</summary>
    [Parameter, Duration]
    public TimeSpan? For { get; set; }

    /// <summary>How much later or earlier than computed something may be seen.</summary>
    [Parameter, ValidateRange(0, 600), Seconds]
    public int ToleranceSec { get; set; } = 10;

    /// <summary>The image of the canary.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Image { get; set; } = "nginx:stable-alpine";

    /// <summary>The files of a report.</summary>
    [Parameter, FilePath]
    public string[] ReportPath { get; set; } = [];

    /// <summary>Does not ask, and takes another operation's lock.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new FailureDrillRequest
        {
            OpenShell = Shells.Open,
            Drill = Name,
            Kubernetes = await KubernetesAsync(cancellationToken).ConfigureAwait(false),
            Hosts = Hosts,
            NodeHost = ConnectionTo,
            TargetName = TargetName,
            HealAfter = For,
            Tolerance = TimeSpan.FromSeconds(ToleranceSec),
            Image = Image,
            ReportPath = ReportPath,
            Force = Force,
        };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
