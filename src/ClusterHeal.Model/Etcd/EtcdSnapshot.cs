namespace ClusterHeal;

/// <summary>What is in a snapshot file of etcd.</summary>
public sealed record EtcdSnapshot
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The hash that <c>etcdutl snapshot status</c> prints in JSON. Nothing outside of the file can be compared with it.</summary>
    public required uint Hash { get; init; }

    /// <summary>The hash as <c>etcdutl snapshot status</c> prints it in a table: hexadecimal, without leading zeros.</summary>
    public string HashText => Hash.ToString("x");

    /// <summary>The last revision in it; 0 if no key was ever written.</summary>
    public required long Revision { get; init; }

    /// <summary>All records of all buckets: what etcdctl and etcdutl up to 3.5 call total keys.</summary>
    public required long TotalKeys { get; init; }

    /// <summary>The keys that live at <see cref="Revision"/>: what etcdutl from 3.6 on calls total keys.</summary>
    public required long LiveKeys { get; init; }

    /// <summary>Bytes of the database: its pages, as etcdutl counts its total size.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long FileSize { get; init; }

    /// <summary>Bytes of a page, which are those of the machine that made the database.</summary>
    public required int PageSize { get; init; }

    /// <summary>The storage version; empty before etcd 3.6.</summary>
    public required string Version { get; init; }

    /// <summary>The version that the cluster had agreed on; empty if it had not yet.</summary>
    public required string ClusterVersion { get; init; }

    /// <summary>
    /// The sha256 of the database, without the checksum at the end of the file: 64 hexadecimal digits. Null if the file has no
    /// checksum and it was not computed.
    /// </summary>
    public required string? Sha256 { get; init; }

    /// <summary>Whether <see cref="Sha256"/> is proven to be the one at the end of the file.</summary>
    public required SnapshotChecksum Checksum { get; init; }

    /// <summary>
    /// The hash of all keys at <see cref="HashKvRevision"/>. Every healthy member of the cluster answers with the same one to
    /// <c>etcdctl endpoint hashkv --rev</c>, as long as that revision is not compacted.
    /// </summary>
    public required uint HashKv { get; init; }

    /// <summary>The revision of <see cref="HashKv"/>.</summary>
    public required long HashKvRevision { get; init; }

    /// <summary>The compact revision that <see cref="HashKv"/> goes with; -1 if nothing was ever compacted.</summary>
    public required long CompactRevision { get; init; }

    /// <summary>The members at the time of the snapshot.</summary>
    public required ItemCollection<EtcdSnapshotMember> Members { get; init; }

    /// <summary>The alarms that were raised.</summary>
    public required ItemCollection<EtcdSnapshotAlarm> Alarms { get; init; }

    /// <summary>Whether authentication was on.</summary>
    public required bool AuthEnabled { get; init; }

    /// <summary>How many leases there were. A restored cluster grants each of them its full time again.</summary>
    public required long Leases { get; init; }

    /// <summary>
    /// How Kubernetes' API server encrypted values, as in <c>aescbc:v1:key1</c>. Without the key of that name in its encryption
    /// configuration, it cannot read them after a restore.
    /// </summary>
    public required ItemCollection<string> EncryptionProviders { get; init; }

    /// <summary>The live keys of each Kubernetes resource, the largest count first.</summary>
    public required ItemCollection<EtcdResourceCount> Resources { get; init; }

    /// <summary>When the file was last written.</summary>
    public required DateTimeOffset LastWriteTime { get; init; }

    /// <summary>Where it comes from; null if no manifest lies beside the file, or one that does not fit it.</summary>
    public EtcdSnapshotOrigin? Origin { get; init; }

    /// <summary>The file, its revision and its keys.</summary>
    public override string ToString() => $"{Path} (revision {Revision}, {LiveKeys} keys)";
}
