namespace ClusterHeal;

/// <summary>An area of a cluster's health.</summary>
public enum HealthArea : long
{
    /// <summary>Each API server by itself.</summary>
    ApiServer,

    /// <summary>etcd: quorum, members, data, size.</summary>
    Etcd,

    /// <summary>The leases of the scheduler and the controller manager, and the components on the hosts.</summary>
    ControlPlane,

    /// <summary>The nodes, by their leases as well as by what the API says.</summary>
    Nodes,

    /// <summary>The workloads of the system, in <c>kube-system</c>.</summary>
    System,

    /// <summary>Pods that are stuck.</summary>
    Pods,

    /// <summary>PodDisruptionBudgets that hinder.</summary>
    Budgets,

    /// <summary>Admission webhooks and API services that nothing answers for.</summary>
    Extensions,

    /// <summary>How long certificates are good for.</summary>
    Certificates,

    /// <summary>The age of the newest proven snapshot, and of the last rehearsal of a restore.</summary>
    Backups,
}
