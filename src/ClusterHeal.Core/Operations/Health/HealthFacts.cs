using System.Collections.Immutable;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Operations;

/// <summary>All facts for a health test. If something could not be gathered, its fault is here instead.</summary>
internal sealed record HealthFacts
{
    public required string ClusterName { get; init; }

    public required HealthOptions Options { get; init; }

    /// <summary>The time by our clock.</summary>
    public required DateTimeOffset Now { get; init; }

    public IReadOnlyList<ApiServerFacts> ApiServers { get; init; } = [];

    /// <summary>What the API says, or null with <see cref="KubernetesFault"/>.</summary>
    public KubernetesFacts? Kubernetes { get; init; }

    /// <summary>Why the API's objects could not be read, or may not be trusted.</summary>
    public ClusterHealException? KubernetesFault { get; init; }

    public EtcdFacts? Etcd { get; init; }

    public ClusterHealException? EtcdFault { get; init; }

    public IReadOnlyList<HostFacts> Hosts { get; init; } = [];

    /// <summary>The hosts of nodes in trouble, by the names of the nodes, if a repair has examined them.</summary>
    public IReadOnlyDictionary<string, HostFacts> NodeHosts { get; init; } = new Dictionary<string, HostFacts>();

    /// <summary>The operations with a record on the hosts.</summary>
    public IReadOnlyList<ClusterOperation> Operations => OperationList.Of([], [.. Hosts.Concat(NodeHosts.Values).Select(h => h.Operations).OfType<HostOperations>()]);

    public CertificateSightings Certificates { get; init; } = CertificateSightings.None;

    public BackupFacts? Backups { get; init; }

    public ClusterHealException? BackupFault { get; init; }

    /// <summary>Why a source has no facts, or null if it has.</summary>
    public ClusterHealException? FaultOf(HealthSource source) => source switch
    {
        HealthSource.Kubernetes => KubernetesFault,
        HealthSource.Etcd => EtcdFault,
        HealthSource.Backups => BackupFault,
        _ => null,
    };
}

/// <summary>One API server, asked by itself.</summary>
/// <param name="Target">Its address, or its host.</param>
/// <param name="StatusCode">What <c>/readyz</c> answered, or <c>/livez</c> if that is worse: 200, 500; null if nothing answered.</param>
/// <param name="Checks">The lines of its checks.</param>
/// <param name="Fault">Why nothing answered.</param>
internal sealed record ApiServerFacts(string Target, int? StatusCode, IReadOnlyList<string> Checks, ClusterHealException? Fault)
{
    /// <summary>Whether it is certain that no API server works there. A silence may also be a firewall in between.</summary>
    public bool IsCertain { get; init; } = true;

    /// <summary>The names of the checks that failed: <c>etcd</c>.</summary>
    public IEnumerable<string> Failed => Named("[-]");

    /// <summary>The names of the checks that passed.</summary>
    public IEnumerable<string> Passed => Named("[+]");

    private IEnumerable<string> Named(string mark) =>
        Checks.Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..].Split(' ')[0]);
}

/// <summary>What an API server says for one quorum of etcd; read without the server's cache.</summary>
internal sealed record KubernetesFacts
{
    private ImmutableDictionary<HealthKind, object> _kinds = ImmutableDictionary<HealthKind, object>.Empty;

    public string Version { get; init; } = "";

    /// <summary>The time by the server's clock when the leases were read. Their age is measured by it.</summary>
    public DateTimeOffset Now { get; init; }

    public Listing<Node> Nodes { get => Of(HealthKinds.Nodes); init => _kinds = _kinds.SetItem(HealthKinds.Nodes, value); }

    public Listing<Lease> NodeLeases { get => Of(HealthKinds.NodeLeases); init => _kinds = _kinds.SetItem(HealthKinds.NodeLeases, value); }

    public Listing<Lease> SystemLeases { get => Of(HealthKinds.SystemLeases); init => _kinds = _kinds.SetItem(HealthKinds.SystemLeases, value); }

    /// <summary>One, if the pods could be read.</summary>
    public Listing<PodFacts> Pods { get; init; } = Listing<PodFacts>.Empty;

    public Listing<SystemWorkload> SystemWorkloads { get => Of(HealthKinds.SystemWorkloads); init => _kinds = _kinds.SetItem(HealthKinds.SystemWorkloads, value); }

    public Listing<WebhookFacts> Webhooks { get; init; } = Listing<WebhookFacts>.Empty;

    public Listing<ApiService> ApiServices { get => Of(HealthKinds.ApiServices); init => _kinds = _kinds.SetItem(HealthKinds.ApiServices, value); }

    /// <summary>The objects of a kind; none if it was not read.</summary>
    public Listing<T> Of<T>(HealthKind<T> kind)
        where T : class, IKubernetesObject => _kinds.TryGetValue(kind, out var listing) ? (Listing<T>)listing : Listing<T>.Empty;

    /// <summary>The same facts with the objects of a kind.</summary>
    public KubernetesFacts With(HealthKind kind, object listing) => this with { _kinds = _kinds.SetItem(kind, listing) };

    /// <summary>
    /// True if the controller manager's lease is valid. If it is not, the conditions of nodes, budgets and statuses of workloads date from when it
    /// stopped. If a cluster shows no such lease, its statuses are believed.
    /// </summary>
    public bool ControllersAreLive =>
        SystemLeases.Fault is not null || SystemLease("kube-controller-manager") is not { IsExpired: true };

    /// <summary>The lease of a component of the control plane, or null if there is none.</summary>
    public LeaseAge? SystemLease(string name) => LeaseAge.Of(SystemLeases.Items.FirstOrDefault(l => l.Metadata.Name == name), Now);

    /// <summary>The nodes whose kubelets did not renew their leases in time, whatever their conditions say.</summary>
    public IReadOnlySet<string> SilentNodes()
    {
        if (NodeLeases.Fault is not null) return new HashSet<string>();
        return NodeLeases.Items.Where(l => LeaseAge.Of(l, Now) is { } age && age.Age > age.Term).Select(l => l.Metadata.Name).ToHashSet();
    }
}

/// <summary>One admission webhook that a service of the cluster serves.</summary>
internal sealed record WebhookFacts(string Kind, string Configuration, string Name, bool FailsClosed, string Service, int ReadyEndpoints);

internal sealed record HostFacts(string HostName, IReadOnlyList<ComponentStatus> Components, ClusterHealException? Fault)
{
    /// <summary>Whether the API server of the host says that it is ready; null if there is none, or none that runs.</summary>
    public bool? ApiServerIsReady { get; init; }

    /// <summary>How to log in to it; null in facts that were not gathered.</summary>
    public HostConnection? Connection { get; init; }

    /// <summary>The member of etcd that is set up there; null if there is none, or if it was not examined.</summary>
    public EtcdOnHost? Etcd { get; init; }

    /// <summary>Its records of operations; null if it was not asked.</summary>
    public HostOperations? Operations { get; init; }

    /// <summary>A component that it has, or null.</summary>
    public ComponentStatus? Find(ClusterComponent component) => Components.FirstOrDefault(c => c.Component == component);
}

/// <summary>The snapshots of a folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Newest">The newest one with a manifest, which only proven ones have; null if there is none.</param>
/// <param name="SavedAt">When it was saved.</param>
/// <param name="RehearsedAt">When a restore was last rehearsed, of any of them.</param>
/// <param name="OtherClusters">How many are of other clusters.</param>
internal sealed record BackupFacts(string Folder, string? Newest, DateTimeOffset? SavedAt, DateTimeOffset? RehearsedAt, int OtherClusters)
{
    /// <summary>How many of this cluster have a date in the future. They are not counted.</summary>
    public int FromTheFuture { get; init; }

    /// <summary>True if the cluster's ID is not known and the folder has snapshots of several.</summary>
    public bool WhoseIsUnknown { get; init; }
}

/// <summary>How long ago a lease was renewed.</summary>
/// <param name="Age">Negative if the holder's clock is ahead of the server's.</param>
/// <param name="Term">How long a renewal is valid.</param>
/// <param name="Holder">Who holds it; empty if it was given back.</param>
internal sealed record LeaseAge(TimeSpan Age, TimeSpan Term, string Holder)
{
    private static readonly TimeSpan UsualTerm = TimeSpan.FromSeconds(40);

    public bool IsExpired => Age > Term || Holder.Length == 0;

    public static LeaseAge? Of(Lease? lease, DateTimeOffset now) => lease?.Spec.RenewTime is { } renewed
        ? new LeaseAge(
            now - renewed,
            lease.Spec.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : UsualTerm,
            lease.Spec.HolderIdentity ?? "")
        : null;

    public override string ToString() => $"renewed {Age.TotalSeconds:0.#} s ago, good for {Term.TotalSeconds:0.#} s, held by '{Holder}'";
}
