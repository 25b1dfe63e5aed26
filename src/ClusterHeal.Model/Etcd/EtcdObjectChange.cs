namespace ClusterHeal;

/// <summary>What happened to an object between a snapshot and what it is compared with.</summary>
public enum EtcdObjectChange : long
{
    /// <summary>It came after the snapshot. A restore of the snapshot takes it away.</summary>
    Added,

    /// <summary>It was written since. A restore of the snapshot takes it back to what it was.</summary>
    Changed,

    /// <summary>It was deleted since. A restore of the snapshot brings it back.</summary>
    Deleted,
}
