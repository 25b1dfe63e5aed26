using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Stop-ControlPlaneComponent: stops API servers, schedulers, controller managers and etcd members on hosts.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ControlPlaneComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ComponentStatus))]
public sealed class StopControlPlaneComponentCommand : ChangeControlPlaneComponentCmdlet
{
    /// <summary>How long the host waits before it starts the component again by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    private protected override ComponentAction Action => ComponentAction.Stop;

    private protected override TimeSpan HealAfter => For;
}
