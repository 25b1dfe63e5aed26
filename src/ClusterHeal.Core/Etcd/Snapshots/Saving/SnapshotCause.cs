namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Why a snapshot was saved. Retention removes only those of runs.</summary>
internal enum SnapshotCause
{
    /// <summary>A run that saves into a folder, with dated names, and removes older ones.</summary>
    Run,

    /// <summary>A person, to a file with a given name.</summary>
    Hand,

    /// <summary>A restore, which was about to replace these data.</summary>
    Restore,
}
