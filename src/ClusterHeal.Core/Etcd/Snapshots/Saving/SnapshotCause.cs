namespace ClusterHeal.Etcd.Snapshots;

/// <summary>How it came that a snapshot was saved. Retention removes only what runs made.</summary>
internal enum SnapshotCause
{
    /// <summary>A run into a folder, which gives dated names and removes older ones.</summary>
    Run,

    /// <summary>By hand, to a file that was named.</summary>
    Hand,

    /// <summary>By a restore, of the data that it was about to replace.</summary>
    Restore,
}
