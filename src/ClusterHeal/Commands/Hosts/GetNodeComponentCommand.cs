using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Get-NodeComponent: how kubelets and container runtimes are run on hosts, and whether they run.</summary>
[Cmdlet(VerbsCommon.Get, "NodeComponent")]
[OutputType(typeof(ComponentStatus))]
public sealed class GetNodeComponentCommand : ComponentCmdlet
{
    /// <summary>The components; without it all that the host has.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("Kubelet", "ContainerRuntime")]
    [ComponentName(ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected override ClusterComponent[] Wanted => Component.Length > 0
        ? Component
        : [ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime];

    /// <inheritdoc/>
    protected override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken) =>
        ComponentQuery.RunAsync(Gathered(), all: Component.Length > 0, ThrottleLimit, Shells, sink, cancellationToken);
}
