using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Commands;

/// <summary>Start-ControlPlaneComponent: starts API servers, schedulers, controller managers and etcd members on hosts.</summary>
[Cmdlet(VerbsLifecycle.Start, "ControlPlaneComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ComponentStatus))]
public sealed class StartControlPlaneComponentCommand : ChangeControlPlaneComponentCmdlet
{
    private protected override ComponentAction Action => ComponentAction.Start;
}
