namespace ClusterHeal;

/// <summary>In which state a restore, or its undo, left the cluster.</summary>
public enum ClusterRestoreOutcome : long
{
    /// <summary>All members run on the snapshot's data, and that is proven.</summary>
    Restored,

    /// <summary>All members run on the data that they had before, and that is proven.</summary>
    PutBack,

    /// <summary>
    /// It could not be finished from here: a host did not answer. What runs there is decided by the host itself, by
    /// quorum, when its switch fires.
    /// </summary>
    LeftToHosts,

    /// <summary>A restore was undone: all members run on the data from before it, as was asked for.</summary>
    Undone,
}
