namespace ClusterHeal;

/// <summary>What fills an etcd whose alarm is raised, and what will be done about it; computed from the live cluster before anything is touched.</summary>
public sealed record EtcdAlarmPlan
{
    /// <summary>The cluster, as the user calls it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The alarms with their members: <c>NOSPACE of m1</c>.</summary>
    public required ItemCollection<string> Alarms { get; init; }

    /// <summary>The members, in the order in which they are defragmented; none if that is not needed.</summary>
    public ItemCollection<EtcdMember> Members { get; init; } = [];

    /// <summary>The revision up to which former revisions are compacted, or null for none.</summary>
    public long? CompactRevision { get; init; }

    /// <summary>The revision of the cluster now, or null if nothing was counted.</summary>
    public long? Revision { get; init; }

    /// <summary>Bytes of the records that stay at least, or null if nothing was counted. The file is somewhat larger.</summary>
    public long? BytesKept { get; init; }

    /// <summary>What the present objects take, the largest first.</summary>
    public ItemCollection<EtcdSpaceUse> Resources { get; init; } = [];

    /// <summary>The plan as sentences, one step each.</summary>
    public required ItemCollection<string> Steps { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{string.Join(", ", Alarms)} ({Cluster})";
}
