namespace ClusterHeal;

/// <summary>What a restore will make of a snapshot, computed from the file before anything is written.</summary>
public sealed record EtcdRestorePlan
{
    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the database in it.</summary>
    public required long SnapshotSize { get; init; }

    /// <summary>The revision of its last change.</summary>
    public required long SnapshotRevision { get; init; }

    /// <summary>The version of the cluster that it was taken from, or null if the file does not say.</summary>
    public required Version? SnapshotVersion { get; init; }

    /// <summary>The version of the servers that are to run on the result: major and minor.</summary>
    public required Version TargetVersion { get; init; }

    /// <summary>The token of the new cluster.</summary>
    public required string InitialClusterToken { get; init; }

    /// <summary>The ID of the new cluster, in hex as etcdctl prints it.</summary>
    public required string ClusterId { get; init; }

    /// <summary>All members of the new cluster, by ascending ID.</summary>
    public required ItemCollection<EtcdRestoreMember> Members { get; init; }

    /// <summary>How far the revision moves on; 0 if it stays.</summary>
    public required long BumpRevision { get; init; }

    /// <summary>Whether the sha256 at the end of the file is left unchecked.</summary>
    public required bool SkipHashCheck { get; init; }

    /// <summary>Addresses of API servers whose leases are deleted.</summary>
    public required ItemCollection<string> GoneApiServers { get; init; }

    /// <summary>The addresses of the API servers that there are, if all are known: the leases of others are deleted. Otherwise null.</summary>
    public ItemCollection<string>? LivingApiServers { get; init; }

    /// <summary>Whether users have to log in to an etcd that runs on the snapshot's data.</summary>
    public bool AuthEnabled { get; init; }

    /// <summary>The plan as sentences, one step each.</summary>
    public IEnumerable<string> Describe()
    {
        yield return SkipHashCheck ? $"Read '{Path}' without checking its sha256." : $"Check the sha256 of '{Path}'.";
        yield return $"Write a new database from it: revision {SnapshotRevision}, for etcd {TargetVersion}"
            + (SnapshotVersion is null ? "." : $"; the snapshot is from {SnapshotVersion}.");
        if (BumpRevision > 0)
        {
            yield return $"Move the revision on by {BumpRevision} to {SnapshotRevision + BumpRevision} and mark all before it as compacted.";
        }

        if (GoneApiServers.Length > 0) yield return $"Delete the leases of the API servers that are gone: {string.Join(", ", GoneApiServers)}.";
        if (LivingApiServers is { } living) yield return $"Delete the leases of API servers other than those at {string.Join(", ", living)}.";
        yield return "Drop all alarms, and take the voters of the old cluster out of the stored configuration.";
        yield return $"Make cluster {ClusterId} (token '{InitialClusterToken}') of {string.Join("; ", Members.Select(m => m.ToString()))}.";
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Describe());
}
