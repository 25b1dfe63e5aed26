namespace ClusterHeal.Hosts;

/// <summary>Kubernetes from its programs, by hand or by an own playbook: each component is a unit that bears its name.</summary>
internal static class PlainUnits
{
    /// <summary>What it looks like.</summary>
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
