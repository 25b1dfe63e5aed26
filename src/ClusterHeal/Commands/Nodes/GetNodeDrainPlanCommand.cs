using System.Management.Automation;

namespace ClusterHeal.Commands;

/// <summary>Get-NodeDrainPlan: what a drain would do, and which budgets would block it.</summary>
[Cmdlet(VerbsCommon.Get, "NodeDrainPlan", DefaultParameterSetName = ByName)]
[OutputType(typeof(NodeDrainPlan))]
public sealed class GetNodeDrainPlanCommand : NodeDrainCmdlet
{
    private protected override async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var drainer = await DrainerAsync(sink, cancellationToken).ConfigureAwait(false);
        await drainer.PlanAsync(Names, LabelSelector, cancellationToken).ConfigureAwait(false);
    }
}
