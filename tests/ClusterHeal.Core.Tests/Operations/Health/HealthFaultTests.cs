using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using static ClusterHeal.Tests.Operations.Health.WellCluster;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>One thing is put wrong at a time: it is found under its name, with a remedy, and nothing else is blamed.</summary>
public sealed class HealthFaultTests
{
    private const string CordonedForTwoDays = "NodeCordon Warning kubew01: for two days";

    private static readonly Dictionary<string, Func<HealthFacts, HealthFacts>> Faults = new()
    {
        ["ApiServerReady Fail https://10.0.0.2:6443: refuses connections"] =
            f => Server(f, new ApiServerFacts("https://10.0.0.2:6443", null, [], Refused())),
        ["ApiServerReady Unknown https://10.0.0.2:6443: is silent"] =
            f => Server(f, new ApiServerFacts("https://10.0.0.2:6443", null, [], Refused()) { IsCertain = false }),
        ["ApiServerReady Fail https://10.0.0.2:6443: starts"] =
            f => Server(f, new ApiServerFacts("https://10.0.0.2:6443", 500, ["[-]informer-sync failed: reason withheld"], null)),
        ["ApiServerReady Fail https://10.0.0.2:6443: knows us not"] =
            f => Server(f, new ApiServerFacts("https://10.0.0.2:6443", 401, [], null)),
        ["ApiServerReady Fail kubem00: runs and is not ready"] = f => f with { Hosts = [f.Hosts[0] with { ApiServerIsReady = false }] },
        ["HostComponents Fail Scheduler on kubem00: is stopped"] =
            f => f with { Hosts = [f.Hosts[0] with { Components = [ComponentOf(ClusterComponent.Scheduler, ComponentState.Stopped)] }] },
        ["HostComponents Unknown kubem01: cannot be logged in to"] = f => f with { Hosts = [.. f.Hosts, new HostFacts("kubem01", [], Refused())] },
        ["SchedulerLease Fail kube-scheduler: ran out"] = f => SystemLeases(f, LeaseOf("kube-scheduler", 16, 15)),
        ["SchedulerLease Fail kube-scheduler: was given back"] = f => SystemLeases(f, LeaseOf("kube-scheduler", 0, 1, holder: "")),
        ["SchedulerLease Warning kube-scheduler: is about to run out"] = f => SystemLeases(f, LeaseOf("kube-scheduler", 11, 15)),
        ["SchedulerLease Unknown kube-scheduler: was never there"] = f => SystemLeases(f),
        ["NodeLease Fail kubew01: is silent and still called Ready"] =
            f => Api(f, a => a with { NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf("kubew01", 41, 40), LeaseOf("kubew02", 9, 40)) }),
        ["NodeLease Fail kubew02: never reported"] =
            f => Api(f, a => a with { NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf("kubew01", 1, 40)) }),
        ["NodeReady Fail kubew01: speaks and is not Ready"] = f => Nodes(f, NodeOf("kubew01", ready: "False")),
        ["NodePressure Warning kubew01: disk"] = f => Nodes(f, Reporting("DiskPressure")),
        ["NodePressure Warning kubew01: network"] = f => Nodes(f, Reporting("NetworkUnavailable")),
        [CordonedForTwoDays] = f => Nodes(f, NodeOf("kubew01") with
        {
            Spec = new NodeSpec
            {
                Unschedulable = true,
                Taints = [new Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule", TimeAdded = Now.AddDays(-2) }],
            },
        }),
        ["NodeTaint Warning kubew01: left out of service"] = f => Nodes(f, NodeOf("kubew01") with
        {
            Spec = new NodeSpec { Taints = [new Taint { Key = "node.kubernetes.io/out-of-service", Effect = "NoExecute" }] },
        }),
        ["NodeTaint Warning kubew01: never initialized"] = f => Nodes(f, NodeOf("kubew01") with
        {
            Spec = new NodeSpec { Taints = [new Taint { Key = "node.cloudprovider.kubernetes.io/uninitialized", Effect = "NoSchedule" }] },
        }),
        ["NodeClock Warning kubew01: is ahead"] =
            f => Api(f, a => a with { NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf("kubew01", -90, 40), LeaseOf("kubew02", 9, 40)) }),
        ["NodeVersion Warning kubew01: kubelet newer"] = f => Nodes(f, NodeOf("kubew01", version: "v1.33.0")),
        ["NodeVersion Warning kubew01: kubelet too old"] = f => Nodes(f, NodeOf("kubew01", version: "v1.28.9")),
        ["NodeVersion Unknown prod: the server does not tell its own"] = f => Api(f, a => a with { Version = "" }),
        ["SystemWorkloads Fail kube-system/proxy: no pod of a daemon set"] = f => Api(f, a => a with
        {
            SystemWorkloads = Of(WorkloadOf("proxy", 1, 0) with { Status = new SystemWorkloadStatus { DesiredNumberScheduled = 3 } }),
        }),
        ["SystemWorkloads Fail kube-system/coredns: none"] = f => Api(f, a => a with { SystemWorkloads = Of(WorkloadOf("coredns", 2, 0)) }),
        ["SystemWorkloads Warning kube-system/coredns: one of two"] =
            f => Api(f, a => a with { SystemWorkloads = Of(WorkloadOf("coredns", 2, 1)) }),
        ["StuckPods Warning default/web-3: no node takes it"] = f => Stuck(f, p => p with
        {
            Spec = new PodSpec(),
            Status = new PodStatus
            {
                Phase = "Pending", Conditions = [new Condition { Type = "PodScheduled", Status = "False", Message = "0/3 nodes" }],
            },
        }),
        ["StuckPods Warning default/web-3: crash loop"] = f => Stuck(f, p => p with { Status = Waiting("CrashLoopBackOff") }),
        ["StuckPods Warning default/web-3: runs between two crashes"] = f => Stuck(f, p => p with { Status = Crashing(minutes: 1) }),
        ["StuckPods Warning default/web-3: not started by its node"] =
            f => Stuck(f, p => p with { Status = new PodStatus { Phase = "Pending" } }),
        ["StuckPods Warning default/web-3: looked at by no scheduler"] =
            f => Stuck(f, p => p with { Spec = new PodSpec(), Status = new PodStatus { Phase = "Pending" } }),
        ["StuckPods Warning default/web-3: no image"] = f => Stuck(f, p => p with { Status = Waiting("ImagePullBackOff") }),
        ["StuckPods Warning default/web-3: finalizer"] = f => Stuck(f, p => p with
        {
            Metadata = p.Metadata with { DeletionTimestamp = Now.AddMinutes(-20), Finalizers = ["example.org/hold"] },
        }),
        ["StuckPods Warning default/web-3: does not end"] =
            f => Stuck(f, p => p with { Metadata = p.Metadata with { DeletionTimestamp = Now.AddMinutes(-20) } }),
        ["BudgetsShut Warning default/web: allows nothing"] =
            f => Api(f, a => a with { Pods = Pods([BudgetOf("web", 0)], PodOf("web-1"), PodOf("web-2")) }),
        ["BudgetsEmpty Warning default/idle: matches nothing"] =
            f => Api(f, a => a with { Pods = Pods([BudgetOf("web", 1), BudgetOf("idle", 0, "none")], PodOf("web-1")) }),
        ["BudgetsOverlap Warning default/web, default/web2: share pods"] =
            f => Api(f, a => a with { Pods = Pods([BudgetOf("web", 1), BudgetOf("web2", 1)], PodOf("web-1")) }),
        ["Webhooks Fail ValidatingWebhookConfiguration/policy: nobody answers"] = f => Webhook(f, failsClosed: true),
        ["Webhooks Warning ValidatingWebhookConfiguration/policy: nobody answers, and it may be passed over"] =
            f => Webhook(f, failsClosed: false),
        ["ApiServices Fail v1beta1.metrics.k8s.io: not available"] =
            f => Api(f, a => a with { ApiServices = Of(ServiceOf("v1beta1.metrics.k8s.io", "False")) }),
        ["EtcdVoters Warning prod: even"] = f => Etcd(f, e => e with { Members = [.. e.Members, MemberOf("m4")] }),
        ["EtcdLeader Warning prod: two leaders"] =
            f => Etcd(f, e => e with { Views = [ViewOf("m1"), ViewOf("m2"), ViewOf("m3", leader: "m3")] }),
        ["EtcdLeader Fail https://m3:2379: none"] =
            f => Etcd(f, e => e with { Views = [ViewOf("m1"), ViewOf("m2"), ViewOf("m3", leader: "0")] }),
        ["EtcdCluster Fail prod: another cluster"] =
            f => Etcd(f, e => e with { Views = [ViewOf("m1"), ViewOf("m2"), ViewOf("m3", cluster: "c2")] }),
        ["EtcdRaftLag Warning m3: behind"] = f => Member(f, m => m with { RaftAppliedIndex = 88_000 }),
        ["EtcdRaftLag Fail m3: far behind"] = f => Member(f, m => m with { RaftAppliedIndex = 80_000 }),
        ["EtcdRevision Fail prod: restored from another snapshot"] =
            f => Etcd(f, e => e with { Readings = [.. e.Readings.Take(2), new EtcdReading("m3", 4999)] }),
        ["EtcdRevision Unknown prod: one answers such reads"] = f => Etcd(f, e => e with { Readings = [e.Readings[0]] }),
        ["EtcdHash Fail m3: corrupt"] = f => Etcd(f, e => e with { Hashes = [.. e.Hashes.Take(2), new EtcdHash("m3", 78, 10)] }),
        ["EtcdHash Fail prod: two against each other"] =
            f => Etcd(f, e => e with { Hashes = [e.Hashes[0], new EtcdHash("m2", 78, 10), new EtcdHash("m3", 0, 0, "It timed out.")] }),
        ["EtcdHash Unknown m3: counts from elsewhere"] =
            f => Etcd(f, e => e with { Hashes = [.. e.Hashes.Take(2), new EtcdHash("m3", 76, 11)] }),
        ["EtcdHash Unknown m3: gives none"] =
            f => Etcd(f, e => e with { Hashes = [.. e.Hashes.Take(2), new EtcdHash("m3", 0, 0, "It timed out.")] }),
        ["EtcdHash Unknown prod: nothing to compare"] =
            f => Etcd(f, e => e with { Hashes = [new EtcdHash("m1", 77, 10), new EtcdHash("m2", 76, 11)] }),
        ["EtcdAlarms Fail m3: full"] = f => Member(f, m => m with { IsHealthy = false, Alarms = ["NOSPACE"] }),
        ["EtcdAlarms Fail m3: corrupt"] = f => Member(f, m => m with { IsHealthy = false, Alarms = ["CORRUPT"] }),
        ["EtcdSize Warning m3: nearly full"] =
            f => Member(f, m => m with { DbSize = 90 << 20, DbSizeInUse = 80 << 20, DbSizeQuota = 100 << 20 }),
        ["EtcdSize Fail m3: full"] = f => Member(f, m => m with { DbSize = 96 << 20, DbSizeInUse = 80 << 20, DbSizeQuota = 100 << 20 }),
        ["EtcdSize Unknown m3: larger than usual, and it does not say its quota"] =
            f => Member(f, m => m with { DbSize = 3L << 30, DbSizeInUse = 3L << 30 }),
        ["EtcdFragmentation Warning m3: more air than data"] = f => Member(f, m => m with { DbSize = 900 << 20, DbSizeInUse = 200 << 20 }),
        ["EtcdVersion Warning prod: two versions"] = f => Member(f, m => m with { Version = "3.4.23" }),
        ["EtcdLearners Warning m4: never promoted"] =
            f => Etcd(f, e => e with { Members = [.. e.Members, MemberOf("m4") with { IsLearner = true }] }),
        ["EtcdMembers Warning m4: never joined"] =
            f => Etcd(f, e => e with { Members = [.. e.Members, Down("m4") with { IsStarted = false, IsLearner = true }] }),
        ["EtcdAlarms Unknown prod: may not be seen"] = f => Etcd(f, e => e with { AlarmsUnseen = "m1 does not permit this." }),
        ["Certificates Fail API server (10.0.0.1:6443): expired"] = f => Certificate(f, Now.AddHours(-1)),
        ["Certificates Warning API server (10.0.0.1:6443): ends soon"] = f => Certificate(f, Now.AddDays(9)),
        ["Certificates Unknown prod: none seen"] = f => f with { Certificates = CertificateSightings.None },
        ["Scope Unknown prod: a kubelet shows no certificate"] = f => f with
        {
            Certificates = f.Certificates with { Unseen = [new UnseenCertificate("kubew01", "kubelet", "no answer within 4 s")] },
        },
        ["BackupAge Fail /backup: none"] = f => f with { Backups = f.Backups! with { Newest = null, SavedAt = null } },
        ["BackupAge Fail /backup: old"] = f => f with { Backups = f.Backups! with { SavedAt = Now.AddHours(-26) } },
        ["RehearsalAge Warning /backup: never rehearsed"] = f => f with { Backups = f.Backups! with { RehearsedAt = null } },
        ["RehearsalAge Warning /backup: rehearsed long ago"] = f => f with { Backups = f.Backups! with { RehearsedAt = Now.AddDays(-40) } },
    };

    public static TheoryData<string> Names => [.. Faults.Keys];

    /// <summary>The facts of a cluster with one of the faults.</summary>
    internal static HealthFacts With(string fault) => Faults[fault](Facts);

    [Fact]
    public void A_well_cluster_passes_every_check()
    {
        var results = ClusterHealthTest.Judge(Facts);
        Assert.All(results, r => Assert.Equal(CheckStatus.Pass, r.Status));
        Assert.Equal(ClusterHealthTest.CheckNames.Order(), results.Select(r => r.Name).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_fault_is_found_by_its_name_and_nothing_else_is_blamed(string fault)
    {
        var results = ClusterHealthTest.Judge(Faults[fault](Facts));
        var found = Assert.Single(results, r => r.Status != CheckStatus.Pass);
        Assert.StartsWith($"{found.Name} {found.Status} {found.Target}: ", fault, StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(found.Remedy));
    }

    [Fact]
    public void A_cordoned_node_is_told_with_its_time()
    {
        var found = Assert.Single(ClusterHealthTest.Judge(Faults[CordonedForTwoDays](Facts)), r => r.Status != CheckStatus.Pass);
        Assert.Equal($"It is cordoned for 2 days, since {Now.AddDays(-2):u}: nothing new runs there.", found.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // It was there from the start, and never ran.
    public void A_lost_member_is_named_and_the_quorum_warns(bool isStarted)
    {
        var bad = Bad(Etcd(Facts, e => e with
        {
            Members = [.. e.Members.Take(2), Down("m3") with { IsStarted = isStarted }],
            Views = [.. e.Views.Take(2)],
            Hashes = [.. e.Hashes.Take(2)],
            Readings = [.. e.Readings.Take(2)],
        }));
        Assert.Equal(["EtcdMembers Fail m3", "EtcdQuorum Warning prod"], bad);
    }

    [Fact]
    public void A_lost_quorum_is_told_from_a_lost_member()
    {
        var bad = Bad(Etcd(Facts, e => e with
        {
            Members = [MemberOf("m1") with { IsHealthy = false, Latency = null, Error = "no leader" }, Down("m2"), Down("m3")],
            Views = [ViewOf("m1", leader: "0")],
            Hashes = [],
            Readings = [],
        }));
        Assert.Equal(
            [
                "EtcdMembers Fail m1", "EtcdMembers Fail m2", "EtcdMembers Fail m3", "EtcdQuorum Fail prod",
                "EtcdLeader Fail https://m1:2379", "EtcdRevision Unknown prod", "EtcdHash Unknown prod",
            ],
            bad);
    }

    [Fact]
    public void While_the_controller_manager_is_down_nothing_is_called_well_by_what_it_wrote()
    {
        var down = Api(Facts, a => a with
        {
            SystemLeases = Of(LeaseOf("kube-scheduler", 1, 15), LeaseOf("kube-controller-manager", 60, 15)),
        });
        Assert.Equal(
            [
                "ControllerManagerLease Fail kube-controller-manager", "NodeReady Unknown prod", "SystemWorkloads Unknown prod",
                "BudgetsShut Unknown prod", "Webhooks Unknown prod",
            ],
            Bad(down));

        // The dead kubelet is found all the same, though its node is Ready for ever.
        var dead = Api(down, a => a with
        {
            NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf("kubew01", 500, 40), LeaseOf("kubew02", 9, 40)),
        });
        Assert.Contains("NodeLease Fail kubew01", Bad(dead));
    }

    [Fact]
    public void What_an_API_server_without_etcd_says_is_not_looked_at()
    {
        var fault = new ClusterHealException(ErrorIds.KubernetesRequestFailed, FaultCategory.NotReady, "It has no etcd.");
        var server = new ApiServerFacts("https://10.0.0.1:6443", 500, ["[+]ping ok", "[-]etcd failed: reason withheld"], null);
        var results = ClusterHealthTest.Judge(Facts with { ApiServers = [server], Kubernetes = null, KubernetesFault = fault });
        var own = Assert.Single(results, r => r.Status == CheckStatus.Fail);
        Assert.Contains("lost its etcd", own.Message, StringComparison.Ordinal);
        Assert.All(
            results.Where(r => r.Area is "Nodes" or "Pods" or "Budgets" or "System" or "Extensions"
                || r.Name.EndsWith("Lease", StringComparison.Ordinal)),
            r => Assert.Equal(CheckStatus.Unknown, r.Status));
    }

    [Fact]
    public void What_cannot_be_connected_to_is_unknown_and_the_rest_is_judged()
    {
        var fault = new ClusterHealException(ErrorIds.KubeconfigNotFound, FaultCategory.NotFound, "There is none.", null, "Give one.");
        var results = ClusterHealthTest.Judge(Facts with { ApiServers = [], Hosts = [], Kubernetes = null, KubernetesFault = fault });
        var server = Assert.Single(results, r => r.Name == "ApiServerReady");
        Assert.Equal((CheckStatus.Unknown, "Give one."), (server.Status, server.Remedy));
        Assert.DoesNotContain(results, r => r.Status is CheckStatus.Fail or CheckStatus.Warning);
        Assert.All(results.Where(r => r.Area == "Etcd"), r => Assert.Equal(CheckStatus.Pass, r.Status));
    }

    [Theory]
    [InlineData("CrashLoopBackOff", "CrashLoopBackOff, after 7 restarts, it ended last with exit code 137 (OOMKilled).")]
    [InlineData("CreateContainerConfigError", "CreateContainerConfigError: secret \"db\" not found.")]
    public void The_reason_for_which_a_container_does_not_start_is_told(string reason, string told)
    {
        var waiting = new ContainerWaiting { Reason = reason, Message = "secret \"db\" not found" };
        var status = new ContainerStatus { Name = "web", State = new ContainerState { Waiting = waiting } };
        if (reason == "CrashLoopBackOff") status = status with { RestartCount = 7, LastState = Ended(minutes: 1, ran: 1) };
        var stuck = Stuck(Facts, p => p with { Status = new PodStatus { Phase = "Running", ContainerStatuses = [status] } });
        var found = Assert.Single(ClusterHealthTest.Judge(stuck), r => r.Status != CheckStatus.Pass);
        Assert.Equal($"Its container 'web' does not start: {told}", found.Message);
    }

    [Theory]
    [InlineData(11, 1)] // It has held since.
    [InlineData(1, 600)] // It had run for hours before, and so it does after a restart of its node.
    public void A_container_that_was_restarted_and_holds_is_not_blamed(int minutes, int ran) =>
        Assert.Empty(Bad(Stuck(Facts, p => p with { Status = Crashing(minutes, ran) })));

    [Fact]
    public void A_database_without_a_quota_is_not_blamed_for_its_size() =>
        Assert.Empty(Bad(Member(Facts, m => m with { DbSize = 9L << 30, DbSizeInUse = 9L << 30, DbSizeQuota = -1 })));

    [Fact]
    public void What_may_not_be_read_makes_only_its_own_checks_unknown()
    {
        var forbidden = new Listing<PodFacts>(new KubernetesException(
            ErrorIds.ApiServerForbidden, FaultCategory.PermissionDenied, "pods is forbidden", null, "Ask for the right."));
        Assert.Equal(
            ["StuckPods Unknown prod", "BudgetsShut Unknown prod", "BudgetsEmpty Unknown prod", "BudgetsOverlap Unknown prod"],
            Bad(Api(Facts, a => a with { Pods = forbidden })));
    }

    [Fact]
    public void A_check_that_breaks_is_unknown_and_the_others_go_on() =>
        Assert.Equal(["BackupAge Unknown prod", "RehearsalAge Unknown prod"], Bad(Facts with { Backups = null }));

    private static string[] Bad(HealthFacts facts) =>
        [.. ClusterHealthTest.Judge(facts).Where(r => r.Status != CheckStatus.Pass).Select(r => $"{r.Name} {r.Status} {r.Target}")];

    private static ClusterHealException Refused() =>
        new(ErrorIds.ConnectionRefused, FaultCategory.Connection, "It refused the connection.", null, "Start it.");

    private static Node Reporting(string condition)
    {
        var node = NodeOf("kubew01");
        return node with { Status = node.Status with { Conditions = [.. node.Status.Conditions!, new Condition { Type = condition, Status = "True" }] } };
    }

    private static HealthFacts Server(HealthFacts facts, ApiServerFacts other) => facts with { ApiServers = [.. facts.ApiServers, other] };

    private static HealthFacts Api(HealthFacts facts, Func<KubernetesFacts, KubernetesFacts> change) =>
        facts with { Kubernetes = change(facts.Kubernetes!) };

    private static HealthFacts Etcd(HealthFacts facts, Func<EtcdFacts, EtcdFacts> change) => facts with { Etcd = change(facts.Etcd!) };

    private static HealthFacts Member(HealthFacts facts, Func<EtcdMember, EtcdMember> change) =>
        Etcd(facts, e => e with { Members = [.. e.Members.Take(2), change(e.Members[2])] });

    private static HealthFacts Nodes(HealthFacts facts, Node changed) =>
        Api(facts, a => a with { Nodes = Of(NodeOf("kubem00"), changed, NodeOf("kubew02")) });

    private static HealthFacts SystemLeases(HealthFacts facts, params Lease[] scheduler) =>
        Api(facts, a => a with { SystemLeases = Of([.. scheduler, LeaseOf("kube-controller-manager", 2, 15)]) });

    private static HealthFacts Stuck(HealthFacts facts, Func<Pod, Pod> change) =>
        Api(facts, a => a with { Pods = Pods([BudgetOf("web", 1)], PodOf("web-1"), PodOf("web-2"), change(PodOf("web-3"))) });

    private static HealthFacts Webhook(HealthFacts facts, bool failsClosed) =>
        Api(facts, a => a with { Webhooks = Of(a.Webhooks.Items[0] with { ReadyEndpoints = 0, FailsClosed = failsClosed }) });

    private static HealthFacts Certificate(HealthFacts facts, DateTimeOffset notAfter) =>
        facts with { Certificates = new([facts.Certificates.Seen[0] with { NotAfter = notAfter }], []) };

    private static EtcdMember Down(string name) => MemberOf(name) with
    {
        IsHealthy = false,
        Version = null,
        DbSize = null,
        DbSizeInUse = null,
        RaftIndex = null,
        RaftAppliedIndex = null,
        Revision = null,
        Latency = null,
        Error = "refused",
    };

    private static PodStatus Crashing(int minutes, int ran = 1) => new()
    {
        Phase = "Running",
        ContainerStatuses =
        [
            new ContainerStatus
            {
                Name = "web",
                RestartCount = 5,
                State = new ContainerState { Running = new ContainerRunning() },
                LastState = Ended(minutes, ran),
            },
        ],
    };

    private static ContainerState Ended(int minutes, int ran) => new()
    {
        Terminated = new ContainerTerminated
        {
            ExitCode = 137, Reason = "OOMKilled", StartedAt = Now.AddMinutes(-minutes - ran), FinishedAt = Now.AddMinutes(-minutes),
        },
    };

    private static PodStatus Waiting(string reason) => new()
    {
        Phase = "Running",
        ContainerStatuses =
        [
            new ContainerStatus
            {
                Name = "web", RestartCount = 7, State = new ContainerState { Waiting = new ContainerWaiting { Reason = reason } },
            },
        ],
    };
}
