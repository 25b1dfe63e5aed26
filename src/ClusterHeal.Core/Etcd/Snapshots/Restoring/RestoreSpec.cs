namespace ClusterHeal.Etcd.Snapshots;

/// <summary>What is made of a snapshot: the same for all members of a cluster.</summary>
public sealed record RestoreSpec
{
    /// <summary>The members and the token of the new cluster.</summary>
    public required InitialCluster Cluster { get; init; }

    /// <summary>
    /// The version of the servers, major and minor; null for that of the snapshot. The database and the log are written for it.
    /// </summary>
    public Version? TargetVersion { get; init; }

    /// <summary>Accepts a file whose sha256 is missing or wrong, such as a copy of a member's <c>db</c>.</summary>
    public bool SkipHashCheck { get; init; }

    /// <summary>By how much the revision grows, so that no revision that a client saw comes again; 0 leaves it.</summary>
    public long BumpRevision { get; init; }

    /// <summary>
    /// Marks everything up to the raised revision as compacted, so that watchers are told to list again. Used together with
    /// <see cref="BumpRevision"/>, as in etcdutl.
    /// </summary>
    public bool MarkCompacted { get; init; }

    /// <summary>Addresses of API servers that will not come back. Their <c>masterleases</c> are deleted.</summary>
    public IReadOnlyList<string> GoneApiServers { get; init; } = [];

    /// <summary>The only addresses at which API servers may be. The <c>masterleases</c> of all others are deleted. Null if they are not known.</summary>
    public IReadOnlyList<string>? LivingApiServers { get; init; }
}

/// <summary>Where one member is restored to.</summary>
/// <param name="Name">The member's name in the initial cluster.</param>
/// <param name="DataDirectory">Its data directory: absent or empty.</param>
/// <param name="WalDirectory">A folder of its own for the log, absent or empty; null for <c>member/wal</c>.</param>
public sealed record RestoreTarget(string Name, string DataDirectory, string? WalDirectory = null);
