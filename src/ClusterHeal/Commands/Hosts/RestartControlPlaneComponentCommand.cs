using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Restart-ControlPlaneComponent: stops and starts API servers, schedulers, controller managers and etcd members on hosts.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ControlPlaneComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ComponentStatus))]
public sealed class RestartControlPlaneComponentCommand : ChangeComponentCmdlet
{
    /// <summary>The components.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("ApiServer", "Scheduler", "ControllerManager", "Etcd")]
    [ComponentName(ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd)]
    public ClusterComponent[] Component { get; set; } = [];

    /// <summary>How long the host waits before it starts the component again by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    private protected override ClusterComponent[] Wanted => Component;

    private protected override ComponentAction Action => ComponentAction.Restart;

    private protected override TimeSpan HealAfter => For;
}
