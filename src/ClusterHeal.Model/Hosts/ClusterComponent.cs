namespace ClusterHeal;

/// <summary>A part of Kubernetes that runs on a host and can be stopped there.</summary>
public enum ClusterComponent : long
{
    /// <summary>kube-apiserver.</summary>
    ApiServer,

    /// <summary>kube-scheduler.</summary>
    Scheduler,

    /// <summary>kube-controller-manager.</summary>
    ControllerManager,

    /// <summary>etcd.</summary>
    Etcd,

    /// <summary>kubelet.</summary>
    Kubelet,

    /// <summary>containerd, CRI-O or Docker.</summary>
    ContainerRuntime,
}
