namespace ClusterHeal.Etcd.Snapshots;

/// <summary>The database that a restore wrote. It is the same, to the byte, for all members.</summary>
/// <param name="Size">Its size in bytes.</param>
/// <param name="SnapshotRevision">The revision of the snapshot.</param>
/// <param name="Revision">The revision of the new database.</param>
/// <param name="CompactedRevision">Up to which revision the server compacts at its start, or null.</param>
/// <param name="Repairs">What was repaired.</param>
public sealed record RestoredDatabase(
    long Size, long SnapshotRevision, long Revision, long? CompactedRevision, IReadOnlyList<EtcdRestoreRepair> Repairs);
