namespace ClusterHeal;

/// <summary>What came of handing over the leadership of an etcd cluster.</summary>
public sealed record EtcdLeaderMove
{
    /// <summary>The cluster, as the user calls it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The name of the member that led before.</summary>
    public required string From { get; init; }

    /// <summary>Its ID in hex, as etcdctl prints it.</summary>
    public required string FromId { get; init; }

    /// <summary>The name of the member that leads now.</summary>
    public required string To { get; init; }

    /// <summary>Its ID in hex.</summary>
    public required string ToId { get; init; }

    /// <summary>The term of the raft log in which it leads.</summary>
    public required long RaftTerm { get; init; }

    /// <summary>From the request until all members saw the new leader; zero if the member led already.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>False if the member led already.</summary>
    public bool IsMoved => FromId != ToId;

    /// <summary>One line.</summary>
    public override string ToString() => IsMoved ? $"{Cluster}: {From} -> {To}" : $"{Cluster}: {To}";
}
