using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Start-ControlPlaneComponent: starts API servers, schedulers, controller managers and etcd members on hosts.</summary>
[Cmdlet(VerbsLifecycle.Start, "ControlPlaneComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ComponentStatus))]
public sealed class StartControlPlaneComponentCommand : ChangeComponentCmdlet
{
    /// <summary>The components.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("ApiServer", "Scheduler", "ControllerManager", "Etcd")]
    [ComponentName(ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected override ClusterComponent[] Wanted => Component;

    private protected override ComponentAction Action => ComponentAction.Start;
}
