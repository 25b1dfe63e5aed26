namespace ClusterHeal.Operations.Upkeep;

/// <summary>How a database that is full gets room.</summary>
internal sealed record SpacePlan
{
    /// <summary>The members with their quotas.</summary>
    public required UpkeepGround Ground { get; init; }

    /// <summary>False if the databases have room already, so that only the alarm is left; the rest is empty then.</summary>
    public required bool IsNeeded { get; init; }

    /// <summary>The revision of the count.</summary>
    public long? Revision { get; init; }

    /// <summary>What the present objects take, the largest first.</summary>
    public IReadOnlyList<EtcdSpaceUse> Resources { get; init; } = [];

    /// <summary>The revision up to which is compacted; null if that was done before.</summary>
    public long? CompactRevision { get; init; }

    /// <summary>Bytes of the records that stay at least.</summary>
    public long? BytesKept { get; init; }

    /// <summary>Bytes of the present objects.</summary>
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
