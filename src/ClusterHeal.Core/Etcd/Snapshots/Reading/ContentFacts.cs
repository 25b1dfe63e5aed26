namespace ClusterHeal.Etcd.Snapshots;

/// <summary>What a walk over all records of a database says. If the walk had findings, the numbers are those of what could be read.</summary>
internal sealed record ContentFacts
{
    /// <summary>The hash of <c>etcdutl snapshot status</c>.</summary>
    public required uint StatusHash { get; init; }

    /// <summary>The last revision in the bucket <c>key</c>; 0 if it is empty.</summary>
    public required long Revision { get; init; }

    /// <summary>All records, as etcdutl up to 3.5 counts keys.</summary>
    public required long TotalKeys { get; init; }

    public required long Leases { get; init; }

    /// <summary>The live user keys of each Kubernetes resource.</summary>
    public required EtcdResourceCount[] Resources { get; init; }

    /// <summary>HashKV at <see cref="HashKvRevision"/>.</summary>
    public required uint HashKv { get; init; }

    /// <summary>The revision of a store that starts from this database.</summary>
    public required long HashKvRevision { get; init; }

    /// <summary>How values are encrypted by the API server, as in <c>aescbc:v1:key1</c>.</summary>
    public required string[] EncryptionProviders { get; init; }

    /// <summary>Records that are not what etcd writes; the first ones in words.</summary>
    public required IReadOnlyList<string> RecordProblems { get; init; }

    /// <summary>Live user keys, as etcdutl counts from 3.6 on.</summary>
    public long LiveKeys => Resources.Sum(r => r.Count);
}
