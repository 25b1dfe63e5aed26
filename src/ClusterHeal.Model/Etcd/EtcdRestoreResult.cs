namespace ClusterHeal;

/// <summary>A data directory that was restored for one member.</summary>
public sealed record EtcdRestoreResult
{
    /// <summary>The name of the member.</summary>
    public required string Name { get; init; }

    /// <summary>The data directory, for <c>--data-dir</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the write-ahead log.</summary>
    public required string WalDirectory { get; init; }

    /// <summary>The ID of the member, in hex as etcdctl prints it.</summary>
    public required string MemberId { get; init; }

    /// <summary>The ID of the cluster, in hex as etcdctl prints it.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The members, for <c>--initial-cluster</c>.</summary>
    public required string InitialCluster { get; init; }

    /// <summary>The token, for <c>--initial-cluster-token</c>.</summary>
    public required string InitialClusterToken { get; init; }

    /// <summary>The version of the servers for which it was made.</summary>
    public required Version TargetVersion { get; init; }

    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>The revision of the snapshot.</summary>
    public required long SnapshotRevision { get; init; }

    /// <summary>The revision with which the member starts.</summary>
    public required long Revision { get; init; }

    /// <summary>The revision up to which the server will compact when it starts; null if the revision was not moved.</summary>
    public required long? CompactedRevision { get; init; }

    /// <summary>Bytes of the database in the snapshot.</summary>
    public required long SnapshotSize { get; init; }

    /// <summary>Bytes of the new database.</summary>
    public required long DatabaseSize { get; init; }

    /// <summary>What was repaired.</summary>
    public required ItemCollection<EtcdRestoreRepair> Repairs { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({MemberId}): {DataDirectory} at revision {Revision}";
}
