namespace ClusterHeal.Hosts;

/// <summary>Charmed Kubernetes: each component is a unit of a snap package.</summary>
internal static class SnapPackages
{
    public static Distribution Layout { get; } = new("snap packages")
    {
        Units = new Dictionary<ClusterComponent, string[]>
        {
            [ClusterComponent.ApiServer] = ["snap.kube-apiserver.daemon.service"],
            [ClusterComponent.Scheduler] = ["snap.kube-scheduler.daemon.service"],
            [ClusterComponent.ControllerManager] = ["snap.kube-controller-manager.daemon.service"],
            [ClusterComponent.Etcd] = ["snap.etcd.etcd.service"],
            [ClusterComponent.Kubelet] = ["snap.kubelet.daemon.service"],
        },
    };
}
