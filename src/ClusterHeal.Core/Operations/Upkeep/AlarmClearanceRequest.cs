namespace ClusterHeal.Operations.Upkeep;

/// <summary>How etcd's alarms are cleared.</summary>
public sealed record AlarmClearanceRequest
{
    /// <summary>The user's name for the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>How much of the history stays readable, counted back from the last writes.</summary>
    public TimeSpan KeepHistory { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The revision up to which the cluster is compacted, instead of <see cref="KeepHistory"/>; null to find it.</summary>
    public long? Revision { get; init; }

    /// <summary>The quota of the members that do not say theirs, or null.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>How long one compaction, one defragmentation, or the count may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
