using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Commands;

/// <summary>Suspend-NodeScheduling: cordons nodes, so that no new pods are placed on them.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "NodeScheduling", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodeStatus))]
public sealed class SuspendNodeSchedulingCommand : NodeCmdlet
{
    /// <summary>Whether the nodes are put out as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether it is done without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var nodes = new NodeOperations(await ClientAsync(cancellationToken).ConfigureAwait(false), sink);
        await nodes.SetSchedulableAsync(Names, LabelSelector, schedulable: false, PassThru, cancellationToken).ConfigureAwait(false);
    }
}
