namespace ClusterHeal;

/// <summary>The kinds of operations that journals tell of.</summary>
public enum ClusterOperationKind : long
{
    /// <summary>Another one, or one of which only the id is known.</summary>
    Other,

    /// <summary>A restore of a cluster.</summary>
    Restore,

    /// <summary>The undo of a restore.</summary>
    RestoreUndo,

    /// <summary>The repair of a member of etcd.</summary>
    MemberRepair,

    /// <summary>A renewal of certificates of a control plane.</summary>
    CertificateRenewal,

    /// <summary>A failure drill.</summary>
    Drill,

    /// <summary>Components were stopped.</summary>
    ComponentStop,

    /// <summary>Components were started.</summary>
    ComponentStart,

    /// <summary>Components were restarted.</summary>
    ComponentRestart,

    /// <summary>A repair of a cluster; what it did on hosts are operations of their own.</summary>
    ClusterRepair,
}
