namespace ClusterHeal;

/// <content>Restores.</content>
public static partial class ErrorIds
{
    /// <summary>A write-ahead log or <c>.snap</c> file of etcd is damaged.</summary>
    public const string WalDamaged = "WalDamaged";

    /// <summary>The list of members for a restore is not valid, or does not contain the member to restore.</summary>
    public const string InitialClusterInvalid = "InitialClusterInvalid";

    /// <summary>etcd would refuse a peer URL.</summary>
    public const string PeerUrlInvalid = "PeerUrlInvalid";

    /// <summary>The options of a restore contradict each other.</summary>
    public const string RestoreOptionsInvalid = "RestoreOptionsInvalid";

    /// <summary>The snapshot was taken from a newer etcd than the one that will run on it.</summary>
    public const string SnapshotNewerThanTarget = "SnapshotNewerThanTarget";

    /// <summary>A snapshot has no sha256 at its end, so nothing proves that it is whole.</summary>
    public const string SnapshotHashMissing = "SnapshotHashMissing";

    /// <summary>The sha256 at the end of a snapshot does not match its content.</summary>
    public const string SnapshotHashMismatch = "SnapshotHashMismatch";

    /// <summary>The folder for a restored data directory or log is not empty.</summary>
    public const string DataDirectoryNotEmpty = "DataDirectoryNotEmpty";

    /// <summary>A cluster cannot be restored in its present state. Nothing was touched.</summary>
    public const string RestoreRefused = "RestoreRefused";

    /// <summary>The data that were written from a snapshot were read back, and no etcd would start on them. Nothing was put in place.</summary>
    public const string RestoreNotReadable = "RestoreNotReadable";

    /// <summary>After a restore or an undo, etcd or an API server did not come up.</summary>
    public const string RestoreNotProven = "RestoreNotProven";

    /// <summary>A restore failed. The former state was put back, or the hosts put it back by themselves.</summary>
    public const string RestorePutBack = "RestorePutBack";

    /// <summary>There is no such restore on the hosts.</summary>
    public const string RestoreNotFound = "RestoreNotFound";

    /// <summary>A restore could not be undone.</summary>
    public const string RestoreNotUndone = "RestoreNotUndone";

    /// <summary>An object of a snapshot could not be restored into the live cluster.</summary>
    public const string ObjectNotRestored = "ObjectNotRestored";

    /// <summary>The call does not say which objects of the snapshot to restore.</summary>
    public const string ObjectsNotNamed = "ObjectsNotNamed";

    /// <summary>A file with keys of encryption at rest is not of the form that kube-apiserver reads.</summary>
    public const string EncryptionConfigurationInvalid = "EncryptionConfigurationInvalid";
}
