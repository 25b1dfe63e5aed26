using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Commands;

/// <summary>Start-NodeComponent: starts kubelets and container runtimes on hosts.</summary>
[Cmdlet(VerbsLifecycle.Start, "NodeComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ComponentStatus))]
public sealed class StartNodeComponentCommand : ChangeNodeComponentCmdlet
{
    private protected override ComponentAction Action => ComponentAction.Start;
}
