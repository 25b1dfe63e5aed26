namespace ClusterHeal;

/// <summary>One member of an etcd cluster: what the cluster knows of it, and what it says of itself.</summary>
public sealed record EtcdMember
{
    /// <summary>The id as etcdctl prints it: hexadecimal, without leading zeros.</summary>
    public required string Id { get; init; }

    /// <summary>The name; empty until the member has started for the first time.</summary>
    public required string Name { get; init; }

    /// <summary>The URLs for the other members.</summary>
    public required ItemCollection<string> PeerUrls { get; init; }

    /// <summary>The URLs for clients.</summary>
    public required ItemCollection<string> ClientUrls { get; init; }

    /// <summary>Where it was asked; if it could not be asked, its URLs for clients.</summary>
    public required ItemCollection<string> Endpoint { get; init; }

    /// <summary>True for the leader.</summary>
    public bool IsLeader { get; init; }

    /// <summary>True for a learner, which has the data and no vote.</summary>
    public bool IsLearner { get; init; }

    /// <summary>False until the member has run for the first time: until then it has made no URL for clients known.</summary>
    public bool IsStarted { get; init; }

    /// <summary>
    /// True if it answers a read that needs the quorum and has no alarm; a learner, which serves no such read, if it answers at
    /// all. Null if the API has no way to tell.
    /// </summary>
    public bool? IsHealthy { get; init; }

    /// <summary>The version of its server, or null if it does not answer.</summary>
    public string? Version { get; init; }

    /// <summary>Bytes of its database file, or null.</summary>
    public long? DbSize { get; init; }

    /// <summary>Bytes of it that are in use; the rest is free for new data, or for a defragmentation to give back.</summary>
    public long? DbSizeInUse { get; init; }

    /// <summary>The quota of the database in bytes; null before etcd 3.6.</summary>
    public long? DbSizeQuota { get; init; }

    /// <summary>The term of the raft log, or null.</summary>
    public long? RaftTerm { get; init; }

    /// <summary>The index up to which its log is committed, or null.</summary>
    public long? RaftIndex { get; init; }

    /// <summary>The index up to which its log is applied to its data, or null.</summary>
    public long? RaftAppliedIndex { get; init; }

    /// <summary>The revision of its data, or null.</summary>
    public long? Revision { get; init; }

    /// <summary>Its alarms: <c>NOSPACE</c>, <c>CORRUPT</c>.</summary>
    public ItemCollection<string> Alarms { get; init; } = [];

    /// <summary>How long it took for one read, over a connection that was open, or null.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Why it does not answer or is not healthy, or null.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// What it is in the cluster: <c>Leader</c>, <c>Follower</c>, <c>Learner</c>, <c>Voter</c> if nobody says which of the first two it
    /// is, since it does not answer; or <c>Not started</c>.
    /// </summary>
    public string Role => IsLeader ? "Leader"
        : !IsStarted ? "Not started"
        : IsLearner ? "Learner"
        : Version is null ? "Voter"
        : "Follower";

    /// <summary><c>Healthy</c>, or <see cref="Error"/>; empty if the API has no way to tell.</summary>
    public string Health => Error ?? (IsHealthy == true ? "Healthy" : "");

    /// <summary>The authorities that it was checked against, a file, or null. With a host it is that host's, like the next two.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client certificate that it was asked with, a file, or null.</summary>
    public string? CertFile { get; init; }

    /// <summary>The key of <see cref="CertFile"/>, a file, or null.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The host through which it was asked, or null.</summary>
    public string? HostName { get; init; }

    /// <summary>How that host was logged in to, or null.</summary>
    public HostConnection? HostConnection { get; init; }

    /// <summary>Name and id.</summary>
    public override string ToString() => Name.Length > 0 ? $"{Name} ({Id})" : Id;
}
