namespace ClusterHeal.Hosts;

/// <summary>By which names a component is known on hosts.</summary>
/// <param name="Component">The component.</param>
/// <param name="Key">Its name in the units, files and records that ClusterHeal makes.</param>
/// <param name="ProcessNames">The names of its program.</param>
/// <param name="UnitNames">The names of its unit in the common distributions.</param>
/// <param name="PortFlag">The flag that names its port, or the URL with it; null where it serves none.</param>
/// <param name="DefaultPort">The port without that flag.</param>
internal sealed record ComponentDefinition(
    ClusterComponent Component, string Key, string[] ProcessNames, string[] UnitNames, string? PortFlag = null, int? DefaultPort = null)
{
    private static readonly ComponentDefinition[] All =
    [
        new(ClusterComponent.ApiServer, "apiserver", ["kube-apiserver"],
            ["kube-apiserver.service", "snap.kube-apiserver.daemon.service"], "--secure-port", 6443),
        new(ClusterComponent.Scheduler, "scheduler", ["kube-scheduler"],
            ["kube-scheduler.service", "snap.kube-scheduler.daemon.service"], "--secure-port", 10259),
        new(ClusterComponent.ControllerManager, "controller-manager", ["kube-controller-manager"],
            ["kube-controller-manager.service", "snap.kube-controller-manager.daemon.service"], "--secure-port", 10257),
        new(ClusterComponent.Etcd, "etcd", ["etcd"], ["etcd.service", "etcd-member.service", "snap.etcd.etcd.service"], "--listen-client-urls", 2379),
        new(ClusterComponent.Kubelet, "kubelet", ["kubelet"], ["kubelet.service", "snap.kubelet.daemon.service"], "--port", 10250),
        new(ClusterComponent.ContainerRuntime, "container-runtime", ["containerd", "crio", "dockerd"], ["containerd.service", "crio.service", "docker.service"]),
    ];

    /// <summary>The definition of a component.</summary>
    public static ComponentDefinition Of(ClusterComponent component) => All.First(definition => definition.Component == component);

    /// <summary>The definition with a key, or null.</summary>
    public static ComponentDefinition? WithKey(string key) => All.FirstOrDefault(definition => definition.Key == key);
}
