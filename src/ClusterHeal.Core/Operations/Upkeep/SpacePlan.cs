namespace ClusterHeal.Operations.Upkeep;

/// <summary>How space is freed in a full database.</summary>
internal sealed record SpacePlan
{
    /// <summary>The members with their quotas.</summary>
    public required UpkeepGround Ground { get; init; }

    /// <summary>False if the databases already have space, so that only the alarm is left. Then the rest is empty.</summary>
    public required bool IsNeeded { get; init; }

    /// <summary>The revision of the count.</summary>
    public long? Revision { get; init; }

    /// <summary>The size of the current objects, the largest first.</summary>
    public IReadOnlyList<EtcdSpaceUse> Resources { get; init; } = [];

    /// <summary>The revision of the compaction; null if it was done before.</summary>
    public long? CompactRevision { get; init; }

    /// <summary>Bytes of the records that stay in any case.</summary>
    public long? BytesKept { get; init; }

    /// <summary>Bytes of the current objects.</summary>
    public long BytesPresent => Resources.Sum(use => use.Bytes);

    /// <summary>The largest resources, for a message.</summary>
    public string Biggest
    {
        get
        {
            const int Most = 5;
            return string.Join(", ", Resources.Take(Most).Select(use => $"{use.Resource} {Size.Text(use.Bytes)} in {use.Keys} keys"));
        }
    }
}
