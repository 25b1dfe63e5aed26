using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Commands;

/// <summary>Resume-NodeScheduling: uncordons nodes, so that new pods are placed on them again.</summary>
[Cmdlet(VerbsLifecycle.Resume, "NodeScheduling", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodeStatus))]
public sealed class ResumeNodeSchedulingCommand : NodeCmdlet
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
        await nodes.SetSchedulableAsync(Names, LabelSelector, schedulable: true, PassThru, cancellationToken).ConfigureAwait(false);
    }
}
