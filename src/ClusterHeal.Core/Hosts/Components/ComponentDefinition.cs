namespace ClusterHeal.Hosts;

/// <summary>The names of a component on hosts, in all distributions.</summary>
/// <param name="Component">The component.</param>
/// <param name="Key">Its name in the units, files and records that ClusterHeal makes.</param>
/// <param name="ProcessNames">The names of its program, the usual one first.</param>
/// <param name="PortFlag">The flag that names its port, or the URL with it; null if it has no port.</param>
/// <param name="DefaultPort">The port without that flag.</param>
internal sealed record ComponentDefinition(ClusterComponent Component, string Key, string[] ProcessNames, string? PortFlag = null, int? DefaultPort = null)
{
    /// <summary>The components of the control plane in the order in which they start.</summary>
    public static readonly IReadOnlyList<ClusterComponent> ControlPlane =
        [ClusterComponent.Etcd, ClusterComponent.ApiServer, ClusterComponent.ControllerManager, ClusterComponent.Scheduler];

    private static readonly ComponentDefinition[] All =
    [
        new(ClusterComponent.ApiServer, "apiserver", ["kube-apiserver"], "--secure-port", 6443),
        new(ClusterComponent.Scheduler, "scheduler", ["kube-scheduler"], "--secure-port", 10259),
        new(ClusterComponent.ControllerManager, "controller-manager", ["kube-controller-manager"], "--secure-port", 10257),
        new(ClusterComponent.Etcd, "etcd", ["etcd"], "--listen-client-urls", 2379),
        new(ClusterComponent.Kubelet, "kubelet", ["kubelet"], "--port", 10250),
        new(ClusterComponent.ContainerRuntime, "container-runtime", ["containerd", "crio", "dockerd"]),
    ];

    /// <summary>The name of its program, of its static pod and of the container in that.</summary>
    public string Program => ProcessNames[0];

    /// <summary>The names of its unit in all distributions.</summary>
    public string[] UnitNames { get; } = Distributions.UnitsOf(Component);

    public static ComponentDefinition Of(ClusterComponent component) => All.First(definition => definition.Component == component);

    /// <summary>The definition with a key, or null.</summary>
    public static ComponentDefinition? WithKey(string key) => All.FirstOrDefault(definition => definition.Key == key);
}
