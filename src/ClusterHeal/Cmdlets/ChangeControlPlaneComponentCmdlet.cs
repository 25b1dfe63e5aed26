using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of the cmdlets that stop, start and restart components of the control plane.</summary>
public abstract class ChangeControlPlaneComponentCmdlet : ChangeComponentCmdlet
{
    /// <summary>The components.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("ApiServer", "Scheduler", "ControllerManager", "Etcd")]
    [ComponentName(ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected sealed override ClusterComponent[] Wanted => Component;
}
