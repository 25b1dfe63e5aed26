using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Practice.Clusters;

/// <summary>What kind of control plane to start on loopback.</summary>
public sealed record LocalControlPlaneOptions
{
    /// <summary>
    /// The folder with <c>kube-apiserver</c>, <c>kube-controller-manager</c> and <c>kube-scheduler</c>, which then take the place of the
    /// practice ones; null for the practice ones. <see cref="AssetsOfEnvironment"/> is what users set.
    /// </summary>
    public string? KubernetesAssets { get; init; }

    /// <summary>The names of the nodes.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = ["kubew01", "kubew02", "kubew03"];

    /// <summary>False to start the API server only.</summary>
    public bool Controllers { get; init; } = true;

    /// <summary>How long a node may be silent.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how many seconds pods tolerate a node that is not ready or cannot be reached.</summary>
    public int TolerationSeconds { get; init; } = 5;

    /// <summary>How long a lease of the controller manager or the scheduler counts.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The etcd below.</summary>
    public LocalEtcdOptions Etcd { get; init; } = new();

    /// <summary>More flags for the API server.</summary>
    public IReadOnlyList<string> ApiServerArguments { get; init; } = [];

    /// <summary>More flags for the controller manager.</summary>
    public IReadOnlyList<string> ControllerManagerArguments { get; init; } = [];

    /// <summary>More flags for each kubelet.</summary>
    public IReadOnlyList<string> KubeletArguments { get; init; } = [];

    /// <summary>How long it may take until the API server is ready and all nodes are.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What <c>KUBEBUILDER_ASSETS</c> names, or null.</summary>
    public static string? AssetsOfEnvironment =>
        Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder ? folder : null;
}
