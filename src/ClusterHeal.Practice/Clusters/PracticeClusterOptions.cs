using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Practice.Clusters;

/// <summary>What kind of practice cluster to start. Its times are short, so that what takes minutes in a real one is seen in seconds.</summary>
public sealed record PracticeClusterOptions
{
    /// <summary>How the control plane's processes are run: as units, or as static pods as kubeadm has them.</summary>
    public EtcdForm Form { get; init; } = EtcdForm.SystemdUnit;

    /// <summary>The names of the control-plane hosts. An odd number, since each has a member of etcd.</summary>
    public IReadOnlyList<string> Masters { get; init; } = ["kubem00", "kubem01", "kubem02"];

    /// <summary>The names of the workers.</summary>
    public IReadOnlyList<string> Workers { get; init; } = ["kubew01", "kubew02"];

    /// <summary>The folder of real control-plane programs, or null for the practice ones; see <see cref="LocalControlPlaneOptions"/>.</summary>
    public string? KubernetesAssets { get; init; } = LocalControlPlaneOptions.AssetsOfEnvironment;

    /// <summary>True if the keys of the authorities lie on the control-plane hosts, as kubeadm leaves them; otherwise they are on no host, as with an external authority.</summary>
    public bool AuthorityKeysOnHosts { get; init; }

    /// <summary>The release of etcd.</summary>
    public EtcdRelease EtcdRelease { get; init; } = EtcdRelease.V35;

    /// <summary>How long a node may be silent. Its kubelet reports five times in that time.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how many seconds pods tolerate a node that is not ready or cannot be reached.</summary>
    public int TolerationSeconds { get; init; } = 5;

    /// <summary>How long a lease of a controller manager or a scheduler counts.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>How long it may take until everything is up.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(3);
}
