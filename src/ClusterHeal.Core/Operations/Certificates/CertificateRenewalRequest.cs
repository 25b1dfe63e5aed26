using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>Which certificates to renew, and how.</summary>
public sealed record CertificateRenewalRequest
{
    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>The control-plane hosts.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>A certificate that expires within this time is renewed.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Takes the hosts' locks from other operations.</summary>
    public bool Force { get; init; }

    /// <summary>How long a host waits for the operator before it recovers by itself.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a component may take until it works with its new certificates. A kubelet restarts a container that crashed often only every five
    /// minutes, and without etcd API servers crash.
    /// </summary>
    public TimeSpan ProofPatience { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }
}
