namespace ClusterHeal;

/// <summary>A node as kubectl shows it, and the age of its lease, by which a dead kubelet is seen even while the controller manager is down.</summary>
public sealed record NodeStatus
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>As kubectl writes it: <c>Ready</c>, <c>NotReady</c>, <c>Ready,SchedulingDisabled</c>, <c>Unknown</c> without a condition.</summary>
    public required string Status { get; init; }

    /// <summary>True if the condition Ready is True.</summary>
    public bool IsReady { get; init; }

    /// <summary>True if new pods may be placed on it, as far as cordons go.</summary>
    public bool IsSchedulable { get; init; }

    /// <summary>Its roles, sorted: <c>control-plane</c>, <c>worker</c> …</summary>
    public ItemCollection<string> Roles { get; init; } = [];

    /// <summary>The kubelet's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>When the node was registered.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>Its age when this was read.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Its address inside the cluster, or null.</summary>
    public string? InternalIP { get; init; }

    /// <summary>Its operating system.</summary>
    public string OSImage { get; init; } = "";

    /// <summary>Its kernel.</summary>
    public string KernelVersion { get; init; } = "";

    /// <summary>Its container runtime and version.</summary>
    public string ContainerRuntime { get; init; } = "";

    /// <summary>Its taints: <c>key=value:effect</c>.</summary>
    public ItemCollection<string> Taints { get; init; } = [];

    /// <summary>The conditions other than Ready that hold, and should not: <c>DiskPressure</c>, <c>KernelDeadlock</c> …</summary>
    public ItemCollection<string> Problems { get; init; } = [];

    /// <summary>Since when the condition Ready is what it is, or null.</summary>
    public DateTimeOffset? StatusSince { get; init; }

    /// <summary>Why it is not ready, in the kubelet's or the controller's words; null if it is ready.</summary>
    public string? Message { get; init; }

    /// <summary>How long ago the kubelet renewed its lease, by the server's clock; null if there is none, or it may not be read.</summary>
    public TimeSpan? LeaseAge { get; init; }

    /// <summary>True if the kubelet is late with its lease. A dead node stays Ready for as long as the controller manager is down.</summary>
    public bool LeaseExpired { get; init; }

    /// <summary>How many pods run or wait there, or null if they were not counted.</summary>
    public int? PodCount { get; init; }

    /// <summary>How many pods it takes, or null if it does not say.</summary>
    public int? PodCapacity { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Name and status.</summary>
    public override string ToString() => $"{NodeName} ({Status})";
}
