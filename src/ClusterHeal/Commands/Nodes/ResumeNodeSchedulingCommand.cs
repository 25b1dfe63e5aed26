using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Commands;

/// <summary>Resume-NodeScheduling: uncordons nodes, so that new pods are placed on them again.</summary>
[Cmdlet(VerbsLifecycle.Resume, "NodeScheduling", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodeStatus))]
public sealed class ResumeNodeSchedulingCommand : NodeSchedulingCmdlet
{
    private protected override bool Schedulable => true;
}
