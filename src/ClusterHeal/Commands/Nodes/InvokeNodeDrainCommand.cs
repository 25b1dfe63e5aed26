using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Invoke-NodeDrain: empties nodes for maintenance, within all budgets.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NodeDrain", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NodeDrainEvent), typeof(NodeDrainResult))]
public sealed class InvokeNodeDrainCommand : NodeDrainCmdlet
{
    /// <summary>The seconds that pods get to end.</summary>
    [Parameter, ValidateRange(0, int.MaxValue), Seconds]
    public int? GracePeriodSec { get; set; }

    /// <summary>The time after which the drain of a node gives up.</summary>
    [Parameter, ValidateRange(1, int.MaxValue), Seconds]
    public int? TimeoutSec { get; set; }

    /// <summary>Whether the drain waits until the workloads have all their pods again.</summary>
    [Parameter]
    public SwitchParameter WaitForReplacement { get; set; }

    /// <summary>Whether a drain that gives up uncordons what it cordoned.</summary>
    [Parameter]
    public SwitchParameter ResumeOnFailure { get; set; }

    /// <summary>How many nodes at the same time.</summary>
    [Parameter, ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>Whether it is done without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override NodeDrainOptions Options => base.Options with
    {
        GracePeriodSec = GracePeriodSec,
        Timeout = TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        WaitForReplacement = WaitForReplacement,
        ResumeOnFailure = ResumeOnFailure,
        ThrottleLimit = ThrottleLimit,
    };

    private protected override async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var drainer = await DrainerAsync(sink, cancellationToken).ConfigureAwait(false);
        await drainer.DrainAsync(Names, LabelSelector, Force, cancellationToken).ConfigureAwait(false);
    }
}
