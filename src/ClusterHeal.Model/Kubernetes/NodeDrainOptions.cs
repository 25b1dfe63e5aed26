namespace ClusterHeal;

/// <summary>How a node is drained. The defaults are kubectl's.</summary>
public sealed record NodeDrainOptions
{
    /// <summary>Leave pods of DaemonSets instead of refusing (<c>--ignore-daemonsets</c>).</summary>
    public bool IgnoreDaemonSet { get; init; }

    /// <summary>Evict pods although data in an emptyDir go with them (<c>--delete-emptydir-data</c>).</summary>
    public bool DeleteEmptyDirData { get; init; }

    /// <summary>Evict pods that nothing will recreate (<c>--force</c>).</summary>
    public bool DeleteUnmanagedPod { get; init; }

    /// <summary>Delete instead of evicting, past all budgets (<c>--disable-eviction</c>).</summary>
    public bool DisableEviction { get; init; }

    /// <summary>The seconds that pods get to end, or null for each pod's own (<c>--grace-period</c>).</summary>
    public int? GracePeriodSec { get; init; }

    /// <summary>Only pods with these labels leave (<c>--pod-selector</c>).</summary>
    public string? PodSelector { get; init; }

    /// <summary>Do not wait for pods that have been ending for longer than this (<c>--skip-wait-for-delete-timeout</c>), or null.</summary>
    public TimeSpan? SkipWaitForDelete { get; init; }

    /// <summary>Give a node up after this time, or null for never (<c>--timeout</c>).</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>End only when the workloads have as many Ready pods elsewhere as they had.</summary>
    public bool WaitForReplacement { get; init; }

    /// <summary>Make nodes that this drain cordoned schedulable again if it gives up.</summary>
    public bool ResumeOnFailure { get; init; }

    /// <summary>How many nodes are drained at the same time.</summary>
    public int ThrottleLimit { get; init; } = 4;
}
