namespace ClusterHeal;

/// <content>Snapshot files.</content>
public static partial class ErrorIds
{
    /// <summary>The file that should be a snapshot is empty.</summary>
    public const string SnapshotEmpty = "SnapshotEmpty";

    /// <summary>The file is not a bbolt database, or neither of its meta pages is whole.</summary>
    public const string SnapshotNotADatabase = "SnapshotNotADatabase";

    /// <summary>Pages or records of the snapshot are damaged, or the file was cut.</summary>
    public const string SnapshotDamaged = "SnapshotDamaged";
}
