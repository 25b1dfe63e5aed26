using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>The facts of a cluster that is well, and ways to put one thing wrong.</summary>
internal static class WellCluster
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static HealthFacts Facts { get; } = new()
    {
        ClusterName = "prod",
        Options = new HealthOptions(),
        Now = Now,
        ApiServers = [new ApiServerFacts("https://10.0.0.1:6443", 200, ["[+]ping ok", "[+]etcd ok", "readyz check passed"], null)],
        Kubernetes = new KubernetesFacts
        {
            Version = "v1.32.4",
            Now = Now,
            Nodes = Of(NodeOf("kubem00"), NodeOf("kubew01"), NodeOf("kubew02")),
            NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf("kubew01", 1, 40), LeaseOf("kubew02", 9, 40)),
            SystemLeases = Of(LeaseOf("kube-scheduler", 1, 15), LeaseOf("kube-controller-manager", 2, 15)),
            Pods = Pods([BudgetOf("web", 1)], PodOf("web-1"), PodOf("web-2")),
            SystemWorkloads = Of(WorkloadOf("coredns", 2, 2)),
            Webhooks = Of(new WebhookFacts("ValidatingWebhookConfiguration", "policy", "check.example.org", true, "policy/webhook", 1)),
            ApiServices = Of(ServiceOf("v1beta1.metrics.k8s.io", "True")),
        },
        Etcd = new EtcdFacts
        {
            Members = [MemberOf("m1"), MemberOf("m2"), MemberOf("m3")],
            Views = [ViewOf("m1"), ViewOf("m2"), ViewOf("m3")],
            Hashes = [new EtcdHash("m1", 77, 10), new EtcdHash("m2", 77, 10), new EtcdHash("m3", 77, 10)],
            HashRevision = 5000,
            Readings = [new EtcdReading("m1", 5001), new EtcdReading("m2", 5000), new EtcdReading("m3", 5002)],
            ReachedBefore = 5000,
        },
        Hosts =
        [
            new HostFacts("kubem00", [ComponentOf(ClusterComponent.ApiServer, ComponentState.Running)], null)
            {
                ApiServerIsReady = true, Operations = new HostOperations("kubem00"),
            },
        ],
        Certificates = new([new CertificateFacts("10.0.0.1:6443", "API server", Now.AddDays(200), "kubeadm certs renew apiserver")], []),
        Backups = new BackupFacts("/backup", "etcd.db", Now.AddHours(-3), Now.AddDays(-2), 0),
    };

    public static Listing<T> Of<T>(params T[] items) => new(items);

    public static Listing<PodFacts> Pods(IReadOnlyList<PodDisruptionBudget> budgets, params Pod[] pods)
    {
        var facts = new PodFacts(budgets);
        foreach (var pod in pods) facts.Add(pod);
        return Of(facts);
    }

    public static Node NodeOf(string name, string ready = "True", string version = "v1.32.1") => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Status = new NodeState
        {
            Conditions =
            [
                new Condition { Type = "Ready", Status = ready, Message = "as the test says" },
                new Condition { Type = "DiskPressure", Status = "False" },
            ],
            NodeInfo = new NodeInfo { KubeletVersion = version },
        },
    };

    public static Lease LeaseOf(string name, double age, int term, string holder = "somebody") => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new LeaseSpec { HolderIdentity = holder, LeaseDurationSeconds = term, RenewTime = Now.AddSeconds(-age) },
    };

    public static Pod PodOf(string name, string app = "web") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "default",
            CreationTimestamp = Now.AddHours(-1),
            Labels = new Dictionary<string, string> { ["app"] = app },
        },
        Spec = new PodSpec { NodeName = "kubew01" },
        Status = new PodStatus { Phase = "Running" },
    };

    public static PodDisruptionBudget BudgetOf(string name, int allowed, string app = "web") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new BudgetSpec { Selector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = app } } },
        Status = new BudgetStatus { DisruptionsAllowed = allowed, CurrentHealthy = 2, DesiredHealthy = 2 - allowed, ExpectedPods = 2 },
    };

    public static SystemWorkload WorkloadOf(string name, int wanted, int ready) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "kube-system" },
        Spec = new WorkloadSpec { Replicas = wanted },
        Status = new SystemWorkloadStatus { ReadyReplicas = ready },
    };

    public static ApiService ServiceOf(string name, string available) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new ApiServiceSpec { Service = new ServiceReference { Namespace = "kube-system", Name = "metrics-server" } },
        Status = new ApiServiceStatus
        {
            Conditions = [new Condition { Type = "Available", Status = available, Reason = "MissingEndpoints" }],
        },
    };

    public static EtcdMember MemberOf(string name) => new()
    {
        Id = name,
        Name = name,
        PeerUrls = [$"https://{name}:2380"],
        ClientUrls = [$"https://{name}:2379"],
        Endpoint = [$"https://{name}:2379"],
        IsLeader = name == "m1",
        IsStarted = true,
        IsHealthy = true,
        Version = "3.5.16",
        DbSize = 60 << 20,
        DbSizeInUse = 50 << 20,
        RaftIndex = 90_000,
        RaftAppliedIndex = 89_999,
        Revision = 5000,
        Latency = TimeSpan.FromMilliseconds(2),
    };

    public static EtcdView ViewOf(string name, string cluster = "c1", string leader = "m1") =>
        new($"https://{name}:2379", name, cluster, leader, 4);

    public static ComponentStatus ComponentOf(ClusterComponent component, ComponentState state) =>
        new() { HostName = "kubem00", Component = component, State = state, UnitName = "some.service" };
}
