using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Restart-ControlPlaneComponent: stops and starts API servers, schedulers, controller managers and etcd members on hosts.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ControlPlaneComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ComponentStatus))]
public sealed class RestartControlPlaneComponentCommand : ChangeControlPlaneComponentCmdlet
{
    /// <summary>How long the host waits before it starts the component again by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    private protected override ComponentAction Action => ComponentAction.Restart;

    private protected override TimeSpan HealAfter => For;
}
