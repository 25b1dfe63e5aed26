namespace ClusterHeal;

/// <summary>What the clearing of etcd's alarms did.</summary>
public sealed record EtcdAlarmReport
{
    /// <summary>The cluster, as the user calls it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The alarms that were raised, with their members: <c>NOSPACE of m1</c>.</summary>
    public required ItemCollection<string> Alarms { get; init; }

    /// <summary>What is so now.</summary>
    public required EtcdAlarmOutcome Outcome { get; init; }

    /// <summary>Why it is not what was asked for; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The steps in their order.</summary>
    public ItemCollection<ClusterRestoreStep> Steps { get; init; } = [];

    /// <summary>The members that were defragmented, with their sizes before and after.</summary>
    public ItemCollection<EtcdDefragmentation> Members { get; init; } = [];

    /// <summary>The revision up to which former revisions were compacted, or null for none.</summary>
    public long? CompactRevision { get; init; }

    /// <summary>What the present objects take, the largest first; empty if it was not counted.</summary>
    public ItemCollection<EtcdSpaceUse> Resources { get; init; } = [];

    /// <summary>When it began, by the clock of the operator's machine.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the first look at the cluster to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True if no alarm is raised.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>One line.</summary>
    public override string ToString() => $"{Cluster}: {Outcome}" + (Reason is null ? "" : $" ({Reason})");
}
