using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Commands;

/// <summary>Suspend-NodeScheduling: cordons nodes, so that no new pods are placed on them.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "NodeScheduling", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodeStatus))]
public sealed class SuspendNodeSchedulingCommand : NodeSchedulingCmdlet
{
    private protected override bool Schedulable => false;
}
