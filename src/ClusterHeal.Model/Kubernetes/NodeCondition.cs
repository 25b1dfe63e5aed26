namespace ClusterHeal;

/// <summary>A state of a node that can be waited for.</summary>
public enum NodeCondition : long
{
    /// <summary>The kubelet reports that it can run pods.</summary>
    Ready,

    /// <summary>The kubelet reports that it cannot, or has gone silent.</summary>
    NotReady,

    /// <summary>New pods may be placed on it.</summary>
    Schedulable,

    /// <summary>It is cordoned.</summary>
    SchedulingDisabled,

    /// <summary>The cluster knows no such node any more.</summary>
    Removed,
}
