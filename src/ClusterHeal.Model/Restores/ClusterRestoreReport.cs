namespace ClusterHeal;

/// <summary>What a restore of a cluster, or its undo, did.</summary>
public sealed record ClusterRestoreReport
{
    /// <summary>The id of the operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The hosts.</summary>
    public required ItemCollection<string> HostName { get; init; }

    /// <summary>What runs now.</summary>
    public required ClusterRestoreOutcome Outcome { get; init; }

    /// <summary>Why it is not what was asked for; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The steps in their order.</summary>
    public required ItemCollection<ClusterRestoreStep> Steps { get; init; }

    /// <summary>The ID of the etcd cluster that runs now, in hex as etcdctl prints it; null if it could not be asked.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The revision at which all members had the same hash.</summary>
    public long? Revision { get; init; }

    /// <summary>The hash of all keys at <see cref="Revision"/>, equal on all members.</summary>
    public uint? HashKV { get; init; }

    /// <summary>What was repaired of the snapshot for the new cluster; empty if it does not run.</summary>
    public ItemCollection<EtcdRestoreRepair> Repairs { get; init; } = [];

    /// <summary>The snapshot of the data as they were before, or null.</summary>
    public string? LastSnapshotPath { get; init; }

    /// <summary>When it began, by the clock of the operator's machine.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the first look at the hosts to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True if the outcome is the one that was asked for.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>One line.</summary>
    public override string ToString() => $"{OperationId}: {Outcome}" + (Reason is null ? "" : $" ({Reason})");
}
