using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>The sources of a health test. What is not given is not examined, and the result says so.</summary>
public sealed record HealthSources
{
    /// <summary>The name of the cluster in results.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The API server, or null. It has to live as long as the test.</summary>
    public KubernetesClient? Kubernetes { get; init; }

    /// <summary>Why the API server cannot be asked, if <see cref="Kubernetes"/> is null because of that.</summary>
    public ClusterHealException? KubernetesFault { get; init; }

    /// <summary>The endpoints of etcd; null to go through the first of <see cref="Hosts"/> that has a member.</summary>
    public EtcdConnection? Etcd { get; init; }

    /// <summary>The control-plane hosts, by SSH.</summary>
    public IReadOnlyList<HostConnection> Hosts { get; init; } = [];

    /// <summary>Opens the connections to them.</summary>
    public HostShells Shells { get; init; } = new(_ => { });

    /// <summary>The folder of the snapshots, or null.</summary>
    public string? BackupPath { get; init; }

    /// <summary>True if etcd can be examined: at its endpoints, or through the hosts.</summary>
    internal bool SeesEtcd => Etcd is not null || Hosts.Count > 0;

    /// <summary>True if an API server is given, even if it cannot be asked.</summary>
    internal bool NamesKubernetes => Kubernetes is not null || KubernetesFault is not null;
}

/// <summary>The checks and their limits.</summary>
public sealed record HealthOptions
{
    /// <summary>The areas that were asked for; none for all that can be seen.</summary>
    public IReadOnlyList<HealthArea> Areas { get; init; } = [];

    /// <summary>The names of the checks, with wildcards; none for all.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>How old the newest proven snapshot may be.</summary>
    public TimeSpan BackupAge { get; init; } = TimeSpan.FromHours(25);

    /// <summary>How long ago the last rehearsal of a restore may be.</summary>
    public TimeSpan RehearsalAge { get; init; } = TimeSpan.FromDays(31);

    /// <summary>How long a certificate must still be valid.</summary>
    public TimeSpan CertificateTime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a pod may be pending, or outlive its grace period, before it counts as stuck.</summary>
    public TimeSpan PodPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many hosts are asked at once.</summary>
    public int ThrottleLimit { get; init; } = 16;
}
