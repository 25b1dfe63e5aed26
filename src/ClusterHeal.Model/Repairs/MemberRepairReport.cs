namespace ClusterHeal;

/// <summary>What the repair of an etcd member, or its undo, did.</summary>
public sealed record MemberRepairReport
{
    /// <summary>The id of the operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The host of the member.</summary>
    public required string HostName { get; init; }

    /// <summary>The name of the member.</summary>
    public required string MemberName { get; init; }

    /// <summary>What is so now.</summary>
    public required MemberRepairOutcome Outcome { get; init; }

    /// <summary>Why it is not what was asked for; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The steps in their order.</summary>
    public required ItemCollection<ClusterRestoreStep> Steps { get; init; }

    /// <summary>The ID of the member that was replaced, in hex as etcdctl prints it, or null.</summary>
    public string? FormerId { get; init; }

    /// <summary>The ID of the member now, in hex; null if it is not one.</summary>
    public string? MemberId { get; init; }

    /// <summary>The revision at which all voters had the same hash.</summary>
    public long? Revision { get; init; }

    /// <summary>The hash of all keys at <see cref="Revision"/>, equal on all voters.</summary>
    public uint? HashKV { get; init; }

    /// <summary>The snapshot of the cluster from before the repair, or null.</summary>
    public string? SnapshotPath { get; init; }

    /// <summary>Where the former data of the member lie on its host, or null.</summary>
    public string? FormerData { get; init; }

    /// <summary>When it began, by the clock of the operator's machine.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the first look at the cluster to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True if the outcome is the one that was asked for.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>One line.</summary>
    public override string ToString() => $"{OperationId}: {Outcome}" + (Reason is null ? "" : $" ({Reason})");
}
