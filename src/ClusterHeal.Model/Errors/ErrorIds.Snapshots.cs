namespace ClusterHeal;

/// <content>Snapshot files.</content>
public static partial class ErrorIds
{
    /// <summary>The file that should be a snapshot is empty.</summary>
    public const string SnapshotEmpty = "SnapshotEmpty";

    /// <summary>The file is not a bbolt database, or neither of its meta pages is whole.</summary>
    public const string SnapshotNotADatabase = "SnapshotNotADatabase";

    /// <summary>Pages or records of the snapshot are damaged, or the file is truncated.</summary>
    public const string SnapshotDamaged = "SnapshotDamaged";

    /// <summary>The snapshot does not have the state at a revision: the revision was compacted, or is later than the snapshot.</summary>
    public const string SnapshotRevisionNotHeld = "SnapshotRevisionNotHeld";

    /// <summary>A label selector is not in the form that kubectl takes with <c>-l</c>.</summary>
    public const string LabelSelectorNotValid = "LabelSelectorNotValid";

    /// <summary>An object is not at the place in the snapshot that its record names: the file was replaced since it was read.</summary>
    public const string SnapshotObjectNotFound = "SnapshotObjectNotFound";
}
