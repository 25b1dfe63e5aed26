namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>
/// How the controllers of nodes and pods behave; named as the flags of the real controller manager, and the constants in it.
/// </summary>
internal sealed record ControllerOptions
{
    /// <summary>After how long without a heartbeat a node is unknown.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; }

    /// <summary>How often nodes are looked at.</summary>
    public TimeSpan NodeMonitorPeriod { get; init; }

    /// <summary>How often pods that nobody else removes are removed; a constant of the real one.</summary>
    public TimeSpan PodGcPeriod { get; init; }

    /// <summary>How long the node of a pod may be gone before the pod goes; a constant of the real one.</summary>
    public TimeSpan OrphanPatience { get; init; }

    /// <summary>Where the nodes' pods get their addresses from: <c>10.244.0.0/16</c>.</summary>
    public required string ClusterCidr { get; init; }

    public static ControllerOptions Read(Flags flags) => new()
    {
        NodeMonitorGracePeriod = flags.Duration("node-monitor-grace-period", TimeSpan.FromSeconds(50)),
        NodeMonitorPeriod = flags.Duration("node-monitor-period", TimeSpan.FromSeconds(5)),
        PodGcPeriod = flags.Duration("practice-pod-gc-period", TimeSpan.FromSeconds(20)),
        OrphanPatience = flags.Duration("practice-orphan-patience", TimeSpan.FromSeconds(40)),
        ClusterCidr = flags.Text("cluster-cidr") ?? "10.244.0.0/16",
    };
}
