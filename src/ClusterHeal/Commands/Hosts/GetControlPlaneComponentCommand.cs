using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Get-ControlPlaneComponent: how API servers, schedulers, controller managers and etcd members are run on hosts, and whether they run.</summary>
[Cmdlet(VerbsCommon.Get, "ControlPlaneComponent")]
[OutputType(typeof(ComponentStatus))]
public sealed class GetControlPlaneComponentCommand : ComponentCmdlet
{
    /// <summary>The components; without it all that the host has.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("ApiServer", "Scheduler", "ControllerManager", "Etcd")]
    [ComponentName(ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd)]
    public ClusterComponent[] Component { get; set; } = [];

    private protected override ClusterComponent[] Wanted => Component.Length > 0
        ? Component
        : [ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd];

    /// <inheritdoc/>
    protected override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken) =>
        ComponentQuery.RunAsync(Gathered(), all: Component.Length > 0, ThrottleLimit, Shells, sink, cancellationToken);
}
