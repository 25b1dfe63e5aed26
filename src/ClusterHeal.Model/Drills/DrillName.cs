namespace ClusterHeal;

/// <summary>The failure drills that there are.</summary>
public enum DrillName : long
{
    /// <summary>An API server is stopped.</summary>
    ApiServer,

    /// <summary>The schedulers are stopped.</summary>
    Scheduler,

    /// <summary>The controller managers are stopped.</summary>
    ControllerManager,

    /// <summary>A member of etcd is stopped.</summary>
    EtcdMember,

    /// <summary>The kubelet of a worker is stopped.</summary>
    Kubelet,

    /// <summary>The container runtime of a worker is stopped.</summary>
    ContainerRuntime,

    /// <summary>A worker is drained and returned.</summary>
    NodeMaintenance,

    /// <summary>The whole cluster is restored from a snapshot.</summary>
    SnapshotRestore,

    /// <summary>A member of etcd loses its data and is repaired.</summary>
    EtcdMemberLoss,

    /// <summary>The quota of a member of etcd is lowered, and etcd is filled.</summary>
    EtcdNoSpace,
}
