using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of the cmdlets that stop, start and restart components of nodes.</summary>
public abstract class ChangeNodeComponentCmdlet : ChangeComponentCmdlet
{
    /// <summary>The components.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("Kubelet", "ContainerRuntime")]
    [ComponentName(ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected sealed override ClusterComponent[] Wanted => Component;
}
