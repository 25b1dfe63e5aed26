using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>What the plan of a drain and the drain itself are told alike: kubectl's options under PowerShell names.</summary>
public abstract class NodeDrainCmdlet : NodeCmdlet
{
    /// <summary>Whether pods of DaemonSets are left.</summary>
    [Parameter]
    public SwitchParameter IgnoreDaemonSet { get; set; }

    /// <summary>Whether pods with emptyDir data leave too.</summary>
    [Parameter]
    public SwitchParameter DeleteEmptyDirData { get; set; }

    /// <summary>Whether pods leave that nothing makes anew.</summary>
    [Parameter]
    public SwitchParameter DeleteUnmanagedPod { get; set; }

    /// <summary>Whether pods are deleted past all budgets.</summary>
    [Parameter]
    public SwitchParameter DisableEviction { get; set; }

    /// <summary>Only pods with these labels.</summary>
    [Parameter]
    public string? PodSelector { get; set; }

    /// <summary>For how long an ending pod is waited for.</summary>
    [Parameter, ValidateRange(1, int.MaxValue), Seconds]
    public int? SkipWaitForDeleteTimeoutSec { get; set; }

    /// <summary>The options of both.</summary>
    protected virtual NodeDrainOptions Options => new()
    {
        IgnoreDaemonSet = IgnoreDaemonSet,
        DeleteEmptyDirData = DeleteEmptyDirData,
        DeleteUnmanagedPod = DeleteUnmanagedPod,
        DisableEviction = DisableEviction,
        PodSelector = PodSelector,
        SkipWaitForDelete = SkipWaitForDeleteTimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    /// <summary>The engine of both; it asks etcd itself for its voters where the connection knows a way to it.</summary>
    private protected async Task<NodeDrainer> DrainerAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        return new NodeDrainer(client, Options, sink, ClusterEtcd.IsKnown(Connection) ? stop => ClusterEtcd.MembersAsync(Connection, Shells, stop) : null);
    }
}
