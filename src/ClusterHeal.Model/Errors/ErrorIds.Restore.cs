namespace ClusterHeal;

/// <content>Restores.</content>
public static partial class ErrorIds
{
    /// <summary>A write-ahead log or <c>.snap</c> file of etcd is damaged.</summary>
    public const string WalDamaged = "WalDamaged";

    /// <summary>The members of a cluster to restore do not make sense, or one of them is not among them.</summary>
    public const string InitialClusterInvalid = "InitialClusterInvalid";

    /// <summary>etcd would refuse a peer URL.</summary>
    public const string PeerUrlInvalid = "PeerUrlInvalid";

    /// <summary>The options of a restore contradict each other.</summary>
    public const string RestoreOptionsInvalid = "RestoreOptionsInvalid";

    /// <summary>The snapshot was taken from a newer etcd than the one that will run on it.</summary>
    public const string SnapshotNewerThanTarget = "SnapshotNewerThanTarget";

    /// <summary>A snapshot has no sha256 at its end, so nothing proves that it is whole.</summary>
    public const string SnapshotHashMissing = "SnapshotHashMissing";

    /// <summary>The sha256 at the end of a snapshot does not fit its bytes.</summary>
    public const string SnapshotHashMismatch = "SnapshotHashMismatch";

    /// <summary>The folder for a restored data directory or log has something in it.</summary>
    public const string DataDirectoryNotEmpty = "DataDirectoryNotEmpty";

    /// <summary>A cluster cannot be restored as it was found. Nothing was touched.</summary>
    public const string RestoreRefused = "RestoreRefused";

    /// <summary>What was written of a snapshot was read back, and no etcd would start on it. Nothing was put in place.</summary>
    public const string RestoreNotReadable = "RestoreNotReadable";

    /// <summary>After a restore or an undo, etcd or an API server did not come up as it must.</summary>
    public const string RestoreNotProven = "RestoreNotProven";

    /// <summary>A restore failed, and what ran before it was brought back, or left to the hosts to bring back.</summary>
    public const string RestorePutBack = "RestorePutBack";

    /// <summary>There is no such restore on the hosts.</summary>
    public const string RestoreNotFound = "RestoreNotFound";

    /// <summary>A restore could not be undone.</summary>
    public const string RestoreNotUndone = "RestoreNotUndone";

    /// <summary>An object of a snapshot could not be restored into the live cluster.</summary>
    public const string ObjectNotRestored = "ObjectNotRestored";

    /// <summary>It is not said which objects of the snapshot should be restored.</summary>
    public const string ObjectsNotNamed = "ObjectsNotNamed";

    /// <summary>A file with keys of encryption at rest is not of the form that kube-apiserver reads.</summary>
    public const string EncryptionConfigurationInvalid = "EncryptionConfigurationInvalid";
}
