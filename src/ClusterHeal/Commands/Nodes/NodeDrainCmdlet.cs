using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>The common parameters of the plan of a drain and the drain itself: kubectl's options with PowerShell names.</summary>
public abstract class NodeDrainCmdlet : NodeCmdlet
{
    /// <summary>Whether pods of DaemonSets are ignored.</summary>
    [Parameter]
    public SwitchParameter IgnoreDaemonSet { get; set; }

    /// <summary>Whether pods with emptyDir data are evicted, too.</summary>
    [Parameter]
    public SwitchParameter DeleteEmptyDirData { get; set; }

    /// <summary>Whether pods are evicted that no controller creates again.</summary>
    [Parameter]
    public SwitchParameter DeleteUnmanagedPod { get; set; }

    /// <summary>Whether pods are deleted without regard to budgets.</summary>
    [Parameter]
    public SwitchParameter DisableEviction { get; set; }

    /// <summary>Only pods with these labels.</summary>
    [Parameter]
    public string? PodSelector { get; set; }

    /// <summary>How long to wait for a pod that is being deleted.</summary>
    [Parameter, ValidateRange(1, int.MaxValue), Seconds]
    public int? SkipWaitForDeleteTimeoutSec { get; set; }

    /// <summary>The options of both cmdlets.</summary>
    protected virtual NodeDrainOptions Options => new()
    {
        IgnoreDaemonSet = IgnoreDaemonSet,
        DeleteEmptyDirData = DeleteEmptyDirData,
        DeleteUnmanagedPod = DeleteUnmanagedPod,
        DisableEviction = DisableEviction,
        PodSelector = PodSelector,
        SkipWaitForDelete = SkipWaitForDeleteTimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    /// <summary>The engine of both cmdlets. It asks etcd itself for its voters if the connection knows how to reach etcd.</summary>
    private protected async Task<NodeDrainer> DrainerAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        return new NodeDrainer(client, Options, sink, ClusterEtcd.IsKnown(Connection) ? stop => ClusterEtcd.MembersAsync(Connection, Shells, stop) : null);
    }
}
