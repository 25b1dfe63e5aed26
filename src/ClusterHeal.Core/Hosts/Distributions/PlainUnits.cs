namespace ClusterHeal.Hosts;

/// <summary>Kubernetes from its release binaries, by hand or by a playbook of one's own: each component is a unit with its name.</summary>
internal static class PlainUnits
{
    public static Distribution Layout { get; } = new("plain units")
    {
        Units = new Dictionary<ClusterComponent, string[]>
        {
            [ClusterComponent.ApiServer] = ["kube-apiserver.service"],
            [ClusterComponent.Scheduler] = ["kube-scheduler.service"],
            [ClusterComponent.ControllerManager] = ["kube-controller-manager.service"],
            [ClusterComponent.Etcd] = ["etcd.service"],
            [ClusterComponent.Kubelet] = ["kubelet.service"],
            [ClusterComponent.ContainerRuntime] = ["containerd.service", "crio.service", "docker.service"],
        },
    };
}
