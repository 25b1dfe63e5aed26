namespace ClusterHeal;

/// <summary>What the defragmentation of one member of etcd did.</summary>
public sealed record EtcdDefragmentation
{
    /// <summary>The cluster, as the user calls it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The name of the member.</summary>
    public required string MemberName { get; init; }

    /// <summary>Its ID in hex, as etcdctl prints it.</summary>
    public required string MemberId { get; init; }

    /// <summary>Bytes of its database file before.</summary>
    public required long DbSizeBefore { get; init; }

    /// <summary>Bytes of its database file after.</summary>
    public required long DbSize { get; init; }

    /// <summary>Bytes of it that are in use.</summary>
    public required long DbSizeInUse { get; init; }

    /// <summary>How long the member was blocked: it served nothing while it was defragmented.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Bytes that were given back to the disk.</summary>
    public long Freed => DbSizeBefore - DbSize;

    /// <summary>One line.</summary>
    public override string ToString() => $"{MemberName}: {DbSizeBefore} -> {DbSize}";
}
