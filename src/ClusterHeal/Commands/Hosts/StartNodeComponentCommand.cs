using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Start-NodeComponent: starts kubelets and container runtimes on hosts.</summary>
[Cmdlet(VerbsLifecycle.Start, "NodeComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ComponentStatus))]
public sealed class StartNodeComponentCommand : ChangeComponentCmdlet
{
    /// <summary>The components.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("Kubelet", "ContainerRuntime")]
    [ComponentName(ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected override ClusterComponent[] Wanted => Component;

    private protected override ComponentAction Action => ComponentAction.Start;
}
