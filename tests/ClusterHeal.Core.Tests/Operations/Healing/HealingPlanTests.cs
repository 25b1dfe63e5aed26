using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Tests.Operations.Health;
using static ClusterHeal.Tests.Operations.Health.WellCluster;

namespace ClusterHeal.Tests.Operations.Healing;

/// <summary>From facts to the plan: each remedy, their order, one cause with many symptoms, and what is left to people.</summary>
public sealed class HealingPlanTests
{
    private const string Id = "20261122T100000Z-abcdef";
    private static readonly string[] Masters = ["kubem00", "kubem01", "kubem02"];

    private static readonly ClusterComponent[] OfMaster =
        [ClusterComponent.Etcd, ClusterComponent.ApiServer, ClusterComponent.ControllerManager, ClusterComponent.Scheduler];

    [Fact]
    public void A_well_cluster_needs_nothing()
    {
        var plan = PlanOf(Well());
        Assert.Empty(plan.Steps);
        Assert.Empty(plan.NotRepaired);
        Assert.Empty(plan.Symptoms);
    }

    [Theory]
    [MemberData(nameof(HealthFaultTests.Names), MemberType = typeof(HealthFaultTests))]
    public void Each_fault_has_a_step_or_a_sentence(string fault)
    {
        var plan = PlanOf(HealthFaultTests.With(fault));
        var result = Assert.Single(ClusterHealthTest.Judge(HealthFaultTests.With(fault)), r => r.Status != CheckStatus.Pass);
        if (result.Name == ClusterHealthTest.ScopeName) return;
        Assert.True(
            plan.Steps.Count > 0 || plan.NotRepaired.Any(n => n.Name == result.Name && n.Reason.Length > 20),
            string.Join("; ", plan.NotRepaired));
        if (result.Status == CheckStatus.Unknown) Assert.Null(result.Repair);
    }

    [Fact]
    public void A_member_that_is_down_is_the_only_cause_of_what_follows_from_it()
    {
        // Its API server crashed without it, two leases ran out, and a kubelet had its API server there.
        var facts = Down(Well(), 1, ClusterComponent.Etcd);
        facts = Down(facts, 1, ClusterComponent.ApiServer, ComponentState.Failed);
        facts = Unserving(facts, "m2") with { ApiServers = [.. facts.ApiServers, new ApiServerFacts("https://10.0.0.2:6443", null, [], Fault())] };
        facts = Host(facts, 2, h => h with { ApiServerIsReady = false });
        facts = facts with { Kubernetes = facts.Kubernetes! with { SystemLeases = Of(LeaseOf("kube-scheduler", 60, 15), LeaseOf("kube-controller-manager", 2, 15)) } };
        var plan = PlanOf(facts);
        Assert.Equal(["Start Etcd on kubem01"], plan.Steps.Select(s => s.Action));
        Assert.Empty(plan.NotRepaired);
        Assert.Equal(
            ["ApiServerReady https://10.0.0.2:6443", "ApiServerReady kubem02", "EtcdMembers m2", "EtcdQuorum prod", "HostComponents ApiServer on kubem01", "SchedulerLease kube-scheduler"],
            plan.Symptoms.Select(s => $"{s.Name} {s.Target}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_stopped_besides_is_a_cause_of_its_own_and_etcd_comes_first()
    {
        var facts = Down(Down(Down(Well(), 0, ClusterComponent.Scheduler), 2, ClusterComponent.ApiServer), 1, ClusterComponent.Etcd);
        facts = Silent(facts, "kubew01", ComponentState.Stopped, ComponentState.Running);
        Assert.Equal(
            ["Start Etcd on kubem01", "Start ApiServer on kubem02", "Start Scheduler on kubem00", "Start Kubelet on kubew01"],
            PlanOf(facts).Steps.Select(s => s.Action));
    }

    [Fact]
    public void The_same_component_on_several_hosts_is_one_step()
    {
        var facts = Unserving(Down(Down(Well(), 2, ClusterComponent.Etcd), 1, ClusterComponent.Etcd), "m1", "m2", "m3");
        var step = Assert.Single(PlanOf(facts).Steps);
        Assert.Equal("Start-ControlPlaneComponent -HostName kubem01, kubem02 -Component Etcd", step.Command);
        var quorum = Assert.Single(ClusterHealthTest.Judge(facts), r => r is { Name: "EtcdQuorum", Status: CheckStatus.Fail });
        Assert.StartsWith("Start-ControlPlaneComponent", quorum.Repair, StringComparison.Ordinal);
    }

    [Fact]
    public void On_hosts_with_static_pods_the_runtime_and_the_kubelet_come_first()
    {
        var facts = Host(Well(), 1, h => h with
        {
            Components =
            [
                Component(h.HostName, ClusterComponent.Etcd, ComponentState.Stopped) with { UnitName = null, Mechanism = ComponentMechanism.StaticPod, ManifestPath = "/m/etcd.yaml", ParkedPath = "/p/etcd.yaml", StoppedBy = Id, HealsAt = Now.AddMinutes(-1) },
                Component(h.HostName, ClusterComponent.Kubelet, ComponentState.Stopped),
                Component(h.HostName, ClusterComponent.ContainerRuntime, ComponentState.Stopped),
            ],
        });
        Assert.Equal(
            ["Start ContainerRuntime on kubem01", "Start Kubelet on kubem01", "Start Etcd on kubem01"],
            PlanOf(facts).Steps.OrderBy(s => s.Turn).Select(s => s.Action));
    }

    [Fact]
    public void A_member_that_lost_its_data_is_repaired()
    {
        var plan = PlanOf(Lost(Well()));
        var step = Assert.Single(plan.Steps);
        Assert.Equal(new RepairMember("m2", "kubem01"), Assert.Single(step.Remedies));
        Assert.Equal("Repair-EtcdMember -HostName kubem01", step.Command);
        Assert.Contains(step.Checks, c => c.Name == "EtcdMembers");
    }

    [Fact]
    public void Certificates_of_the_control_plane_are_one_step_and_explain_what_does_not_serve_once_they_have_ended()
    {
        var facts = Ending(Well(), Now.AddDays(5));
        var step = Assert.Single(PlanOf(facts).Steps);
        Assert.Equal("Update-ControlPlaneCertificate -HostName kubem00, kubem01, kubem02", step.Command);
        Assert.Equal(2, step.Checks.Count);
        Assert.Null(step.Component);
        Assert.All(
            ClusterHealthTest.Judge(facts).Where(r => r is { Name: "Certificates", Status: CheckStatus.Warning }), r => Assert.Equal(r.Target.Contains("kubelet", StringComparison.Ordinal), r.Repair is null));

        var ended = Unserving(Ending(Well(), Now.AddDays(-1)), "m1", "m2", "m3");
        Assert.Equal("Update-ControlPlaneCertificate -HostName kubem00, kubem01, kubem02", Assert.Single(PlanOf(ended).Steps).Command);
        Assert.Contains(PlanOf(ended).Symptoms, s => s.Name == "EtcdMembers");
        // Who cannot be looked at cannot be renewed either.
        Says(Host(facts, 1, h => h with { Fault = Fault() }), "a renewal needs all hosts", "Update-ControlPlaneCertificate -HostName kubem00, kubem02");
        // What a kubelet has is its own.
        Assert.Contains(PlanOf(facts).NotRepaired, n => n.Target.StartsWith("/var/lib/kubelet", StringComparison.Ordinal));

        static HealthFacts Ending(HealthFacts facts, DateTimeOffset end) => facts with
        {
            Certificates = new(
                [
                    new CertificateFacts("kubem00", "/etc/kubernetes/pki/apiserver.crt", end, "Renew it.") { IsOfControlPlane = true },
                    new CertificateFacts("10.0.0.1:6443", "API server", end, "Renew it.") { IsOfControlPlane = true },
                    new CertificateFacts("kubem00", "/var/lib/kubelet/pki/kubelet.crt", end, "Restart the kubelet."),
                ],
                []),
        };
    }

    [Fact]
    public void Lost_data_are_not_repaired_if_a_filesystem_is_missing_or_nobody_listed_it_or_nobody_has_them()
    {
        var lost = Lost(Well());
        var unmounted = Host(lost, 1, h => h with { Etcd = h.Etcd! with { Unmounted = "/var/lib/etcd" } });
        Says(unmounted, "'/var/lib/etcd', on which the data of etcd should be, is not mounted", "Start-ControlPlaneComponent -HostName kubem01 -Component Etcd");

        var unlisted = Host(Down(Well(), 1, ClusterComponent.Etcd), 1, h => h with { Etcd = new EtcdOnHost("m9", ["https://m9:2380"], HasLog: false, null) });
        Says(unlisted, "the cluster does not list it", "Repair-EtcdMember -HostName kubem01");

        Says(lost with { Etcd = null, EtcdFault = Fault() }, "no other member can be asked", null);

        // Of three, two have lost their data.
        var two = Host(Down(lost, 2, ClusterComponent.Etcd), 2, h => h with { Etcd = h.Etcd! with { HasLog = false } });
        two = Unserving(two, "m1", "m2", "m3");
        Says(two, "never done by itself", $"Restore-EtcdSnapshot -Path '{Path.Combine("/backup", "etcd.db")}' -HostName kubem00, kubem01, kubem02");
        Assert.Equal("EtcdQuorum", PlanOf(two).NotRepaired[^1].Name);
    }

    [Fact]
    public void A_member_whose_log_cannot_be_seen_is_only_started() =>
        Assert.Equal(["Start Etcd on kubem01"], PlanOf(Host(Lost(Well()), 1, h => h with { Etcd = h.Etcd! with { HasLog = null } })).Steps.Select(s => s.Action));

    [Fact]
    public void A_corrupt_member_is_repaired_if_a_majority_is_against_it()
    {
        var corrupt = Well() with { Etcd = Facts.Etcd! with { Hashes = [new EtcdHash("m1", 77, 10), new EtcdHash("m2", 78, 10), new EtcdHash("m3", 77, 10)] } };
        Assert.Equal(new RepairMember("m2", "kubem01"), Assert.Single(Assert.Single(PlanOf(corrupt).Steps).Remedies));
        var even = corrupt with { Etcd = corrupt.Etcd! with { Hashes = [.. corrupt.Etcd!.Hashes.Take(2)] } };
        Assert.Empty(PlanOf(even).Steps);
        var alarmed = Well() with { Etcd = Facts.Etcd! with { Members = [MemberOf("m1"), MemberOf("m2") with { IsHealthy = false, Alarms = ["CORRUPT"] }, MemberOf("m3")] } };
        Assert.Equal(new RepairMember("m2", "kubem01"), Assert.Single(Assert.Single(PlanOf(alarmed).Steps).Remedies));
        Says(alarmed with { Hosts = [Well().Hosts[0], new HostFacts("kubem01", [], Fault()), Well().Hosts[2]] }, "kubem01 cannot be", "Repair-EtcdMember -Name m2");
        Assert.Empty(PlanOf(alarmed with { Hosts = [Well().Hosts[0], new HostFacts("kubem01", [], Fault()), Well().Hosts[2]] }).Steps);
    }

    [Fact]
    public void A_full_etcd_is_one_step_whatever_number_of_members_say_so()
    {
        var full = Well() with { Etcd = Facts.Etcd! with { Members = [.. Facts.Etcd.Members.Select(m => m with { IsHealthy = false, Alarms = ["NOSPACE"] })] } };
        var step = Assert.Single(PlanOf(full).Steps);
        Assert.Equal("Clear-EtcdAlarm", step.Command);
        Assert.Equal(["EtcdAlarms", "EtcdAlarms", "EtcdAlarms"], step.Checks.Select(check => check.Name));
    }

    [Fact]
    public void Free_pages_are_given_back_after_everything_else()
    {
        var airy = Down(Well(), 1, ClusterComponent.Scheduler);
        airy = airy with { Etcd = airy.Etcd! with { Members = [.. airy.Etcd.Members.Select(m => m with { DbSize = 900 << 20, DbSizeInUse = 200 << 20 })] } };
        Assert.Equal(["Start-ControlPlaneComponent -HostName kubem01 -Component Scheduler", "Optimize-EtcdMember"], PlanOf(airy).Steps.Select(step => step.Command));
    }

    [Fact]
    public void A_member_that_runs_and_does_not_serve_is_not_repaired_since_its_data_may_be_good() =>
        Says(Unserving(Well(), "m2"), "Its data may be good", "Repair-EtcdMember -Name m2");

    [Fact]
    public void What_is_not_set_to_start_at_boot_may_be_off_on_purpose() => Says(
        Host(Well(), 0, h => h with { Components = [.. h.Components.Skip(1), Component(h.HostName, ClusterComponent.Etcd, ComponentState.Stopped) with { IsEnabled = false }] }),
        "may be off on purpose",
        "Start-ControlPlaneComponent -HostName kubem00 -Component Etcd");

    [Theory]
    [InlineData("Stop-ControlPlaneComponent", 5, "stopped it on purpose; the host starts it again")]
    [InlineData("Stop-ControlPlaneComponent", 0, "stopped it on purpose, with no time")]
    [InlineData("Stop-ControlPlaneComponent", -5, null)] // The switch did not help.
    [InlineData("Restart-ControlPlaneComponent", 5, null)] // It died between the stop and the start.
    public void What_an_operation_stopped_stays_stopped_as_long_as_it_wanted(string cmdlet, int healsIn, string? sentence)
    {
        var heals = healsIn == 0 ? (DateTimeOffset?)null : Now.AddMinutes(healsIn);
        var facts = Host(Well(), 0, h => h with
        {
            Components = [.. h.Components.Take(3), Component(h.HostName, ClusterComponent.Scheduler, ComponentState.Stopped) with { StoppedBy = Id, HealsAt = heals }],
            Operations = new HostOperations(h.HostName)
            {
                Journal = [Entry(cmdlet, h.HostName)],
                Stopped = [new StoppedRecord("scheduler", Id, Now.AddMinutes(-1), heals, "", "kube-scheduler.service", "", [])],
            },
        });
        if (sentence is not null) Says(facts, sentence, "Start-ControlPlaneComponent -HostName kubem00 -Component Scheduler");
        else Assert.Equal(["Start Scheduler on kubem00"], PlanOf(facts).Steps.Select(s => s.Action));

        // While somebody works on the host, nothing is done there.
        var locked = Host(facts, 0, h => h with { Operations = h.Operations! with { Lock = new HeldLock("20261122T110000Z-000000", TimeSpan.FromSeconds(90), "Restart-ControlPlaneComponent by ann@jump") } });
        Says(locked, "by ann@jump (operation 20261122T110000Z-000000) works on kubem00", null);
    }

    [Fact]
    public void A_drill_that_nobody_ended_is_taken_back_with_its_cordon()
    {
        var drill = new DrillRecord
        {
            OperationId = Id, Drill = DrillName.NodeMaintenance, ClusterName = "prod", Operator = "ann@jump", StartedAt = Now.AddHours(-1),
            Namespace = Canary.NamespaceOf(Id), Components = new Dictionary<string, ClusterComponent>(), CordonedNode = "kubew01",
        };
        var facts = Host(Well(), 0, h => h with { Operations = new HostOperations(h.HostName) { Drills = [drill] } });
        var cordoned = facts with { Kubernetes = facts.Kubernetes! with { Nodes = Of(NodeOf("kubem00"), NodeOf("kubew01") with { Spec = new() { Unschedulable = true } }) } };
        var step = Assert.Single(PlanOf(cordoned).Steps);
        Assert.Equal($"Undo-FailureDrill -OperationId '{Id}' -HostName kubem00, kubem01, kubem02", step.Command);
        Assert.Equal(["NodeCordon", "OpenOperations"], step.Checks.Select(c => c.Name).Order());

        // Another one cordoned another node, or a host cannot be asked: then people decide.
        Says(Well() with { Kubernetes = cordoned.Kubernetes }, "Who cordoned it", "Resume-NodeScheduling -NodeName kubew01");
        Says(cordoned with { Hosts = [.. cordoned.Hosts.Take(2), new HostFacts("kubem02", [], Fault())] }, "kubem02 cannot be looked at", $"Undo-FailureDrill -OperationId '{Id}' -HostName kubem00, kubem01");

        var running = Host(cordoned, 1, h => h with { Operations = h.Operations! with { Lock = new HeldLock(Id, TimeSpan.FromSeconds(60), "Invoke-FailureDrill by ann@jump") } });
        Assert.Empty(PlanOf(running).Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_member_that_a_drill_has_lost_is_brought_back_by_ending_the_drill(bool isForward)
    {
        var drill = new DrillRecord
        {
            OperationId = Id, Drill = DrillName.EtcdMemberLoss, ClusterName = "prod", Operator = "ann@jump", StartedAt = Now.AddHours(-1),
            Namespace = Canary.NamespaceOf(Id), Components = new Dictionary<string, ClusterComponent>(), LostMember = "kubem01",
        };
        var facts = Host(Unserving(Down(Well(), 1, ClusterComponent.Etcd), "m2"), 1, h => h with
        {
            Operations = new HostOperations(h.HostName) { Drills = [drill], Repairs = [new RememberedRepair(RepairOf(h.HostName), IsFinished: false, isForward)] },
        });
        var step = Assert.Single(PlanOf(facts).Steps, s => s.Command == $"Undo-FailureDrill -OperationId '{Id}' -HostName kubem00, kubem01, kubem02");
        Assert.Equal(ClusterComponent.Etcd, step.Component);
        Assert.DoesNotContain(PlanOf(facts).Steps, s => s.Remedies.Any(r => r is UndoMemberRepair));
    }

    [Theory]
    [InlineData(true, "Repair-EtcdMember -HostName kubem01")]
    [InlineData(false, $"Undo-EtcdMemberRepair -OperationId '{Id}' -HostName kubem00, kubem01, kubem02")]
    public void A_repair_that_nobody_ended_goes_on_if_the_old_member_is_gone_and_is_taken_back_if_not(bool isForward, string command)
    {
        var facts = Host(Unserving(Down(Well(), 1, ClusterComponent.Etcd), "m2"), 1, h => h with { Operations = new HostOperations(h.HostName) { Repairs = [new RememberedRepair(RepairOf(h.HostName), IsFinished: false, isForward)] } });
        var step = Assert.Single(PlanOf(facts).Steps, s => s.Component == ClusterComponent.Etcd && s.Command == command);
        Assert.Contains(step.Checks, c => c.Name == "OpenOperations");
    }

    [Fact]
    public void A_restore_that_nobody_ended_is_for_people_to_decide()
    {
        var facts = Well();
        for (var i = 0; i < 3; i++) facts = Host(facts, i, h => h with { Operations = new HostOperations(h.HostName) { Restores = [new(Id, IsFinished: false, "new")] } });
        Says(facts, "for people to decide", $"Undo-EtcdRestore -HostName kubem00, kubem01, kubem02 -OperationId '{Id}'");
    }

    [Fact]
    public void A_silent_node_gets_what_is_down_on_it_and_what_cannot_be_seen_gets_a_sentence()
    {
        var both = Silent(Well(), "kubew01", ComponentState.Failed, ComponentState.Stopped);
        Assert.Equal(["Start ContainerRuntime on kubew01", "Start Kubelet on kubew01"], PlanOf(both).Steps.Select(s => s.Action));
        Says(Silent(Well(), "kubew01", ComponentState.Running, ComponentState.Running), "run on kubew01: the kubelet's log", null);
        var unseen = Silent(Well(), "kubew01", ComponentState.Running, ComponentState.Running);
        Says(unseen with { NodeHosts = new Dictionary<string, HostFacts> { ["kubew01"] = new("kubew01", [], Fault()) } }, "Its host cannot be looked at", "Repair-Cluster -NodeIsOff kubew01");
        var told = Assert.Single(ClusterHealthTest.Judge(both with { NodeHosts = new Dictionary<string, HostFacts>() }), r => r.Name == "NodeLease" && r.Status == CheckStatus.Fail);
        Assert.Equal("Start-NodeComponent -HostName kubew01 -Component Kubelet", told.Repair);
    }

    [Fact]
    public void A_node_is_marked_as_off_only_if_it_is_named_and_silent_and_not_Ready()
    {
        var facts = Silent(Well(), "kubew01", ComponentState.Running, ComponentState.Running);
        facts = facts with { NodeHosts = new Dictionary<string, HostFacts> { ["kubew01"] = new("kubew01", [], Fault()) } };
        Assert.Contains("still called Ready", NodeRemedies.WhyNotOff(facts.Kubernetes, "kubew01"), StringComparison.Ordinal);
        var gone = facts with { Kubernetes = facts.Kubernetes! with { Nodes = Of(NodeOf("kubem00"), NodeOf("kubew01", ready: "Unknown"), NodeOf("kubew02")) } };
        Assert.Null(NodeRemedies.WhyNotOff(gone.Kubernetes, "kubew01"));
        Assert.Contains("renewed its lease 9 s ago", NodeRemedies.WhyNotOff(gone.Kubernetes, "kubew02"), StringComparison.Ordinal);
        Assert.Contains("no node", NodeRemedies.WhyNotOff(gone.Kubernetes, "kubew09"), StringComparison.Ordinal);
        Assert.Contains("cannot be seen", NodeRemedies.WhyNotOff(null, "kubew01"), StringComparison.Ordinal);
        var step = Assert.Single(PlanOf(gone, "kubew01").Steps);
        Assert.Equal("Repair-Cluster -NodeIsOff kubew01", step.Command);
        Assert.Empty(PlanOf(gone).Steps);
    }

    [Fact]
    public void Only_what_was_asked_for_is_repaired()
    {
        var facts = Down(Down(Well(), 0, ClusterComponent.Scheduler), 2, ClusterComponent.ApiServer);
        var wanted = ClusterHealthTest.Judge(facts).Where(r => r.Target == "Scheduler on kubem00").ToArray();
        Assert.Equal(["Start Scheduler on kubem00"], HealingPlan.Of(facts, wanted, []).Steps.Select(s => s.Action));
    }

    [Theory]
    [InlineData("kubem00.example.org", "kubem00.example.org")]
    [InlineData("10.0.0.1", "'10.0.0.1'")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's; rm", "'it''s; rm'")]
    [InlineData("a\u2019b", "'a\u2019\u2019b'")]
    [InlineData("", "''")]
    [InlineData("-Force", "'-Force'")]
    [InlineData("$(x)", "'$(x)'")]
    public void Values_are_quoted_as_PowerShell_reads_them(string value, string quoted) => Assert.Equal(quoted, PowerShellCommand.Quote(value));

    private static void Says(HealthFacts facts, string sentence, string? command)
    {
        var plan = PlanOf(facts);
        Assert.True(
            plan.NotRepaired.Any(n => n.Reason.Contains(sentence, StringComparison.Ordinal) && n.Command == command),
            $"Steps: {string.Join("; ", plan.Steps.Select(s => s.Command))}. Not repaired: {string.Join("; ", plan.NotRepaired)}");
    }

    private static HealingPlan PlanOf(HealthFacts facts, params string[] off) => HealingPlan.Of(facts, ClusterHealthTest.Judge(facts), off);

    private static HealthFacts Well() => Facts with
    {
        Hosts =
        [
            .. Masters.Select((name, i) => new HostFacts(name, [.. OfMaster.Select(c => Component(name, c, ComponentState.Running))], null)
            {
                ApiServerIsReady = true,
                Etcd = new EtcdOnHost($"m{i + 1}", [$"https://m{i + 1}:2380"], HasLog: true, null),
                Operations = new HostOperations(name),
            }),
        ],
    };

    private static ComponentStatus Component(string host, ClusterComponent component, ComponentState state) => new()
    {
        HostName = host, Component = component, State = state, UnitName = $"{component}.service", Mechanism = ComponentMechanism.SystemdUnit, IsEnabled = true,
    };

    private static HealthFacts Host(HealthFacts facts, int index, Func<HostFacts, HostFacts> change) =>
        facts with { Hosts = [.. facts.Hosts.Select((h, i) => i == index ? change(h) : h)] };

    private static HealthFacts Down(HealthFacts facts, int index, ClusterComponent component, ComponentState state = ComponentState.Stopped) => Host(facts, index, h => h with
    {
        Components = [.. h.Components.Select(c => c.Component == component ? c with { State = state } : c)],
        ApiServerIsReady = component == ClusterComponent.ApiServer ? null : h.ApiServerIsReady,
    });

    private static HealthFacts Unserving(HealthFacts facts, params string[] names) => facts with
    {
        Etcd = facts.Etcd! with
        {
            Members = [.. facts.Etcd!.Members.Select(m => names.Contains(m.Name) ? m with { IsHealthy = false, Latency = null, Error = "refused", RaftAppliedIndex = null, RaftIndex = null } : m)],
        },
    };

    private static HealthFacts Lost(HealthFacts facts) =>
        Host(Unserving(Down(facts, 1, ClusterComponent.Etcd, ComponentState.Failed), "m2"), 1, h => h with { Etcd = h.Etcd! with { HasLog = false } });

    private static HealthFacts Silent(HealthFacts facts, string node, ComponentState kubelet, ComponentState runtime) => facts with
    {
        Kubernetes = facts.Kubernetes! with { NodeLeases = Of(LeaseOf("kubem00", 4, 40), LeaseOf(node, 500, 40), LeaseOf("kubew02", 9, 40)) },
        NodeHosts = new Dictionary<string, HostFacts>
        {
            [node] = new HostFacts(node, [Component(node, ClusterComponent.Kubelet, kubelet), Component(node, ClusterComponent.ContainerRuntime, runtime)], null)
            {
                Operations = new HostOperations(node),
            },
        },
    };

    private static JournalEntry Entry(string cmdlet, string host) =>
        new() { Time = Now.AddMinutes(-2), OperationId = Id, Operation = cmdlet, Operator = "ann@jump", HostName = host, Step = "stop it" };

    private static ClusterHeal.Operations.Repairs.RepairRecord RepairOf(string host) => new()
    {
        OperationId = Id,
        Cluster = "prod",
        Operator = "ann@jump",
        StartedAt = Now.AddHours(-1),
        HostName = host,
        Voters = 3,
        ClusterId = "c1",
        AsLearner = true,
        SnapshotPath = "/backup/before.db",
        SettingsPath = "/etc/etcd/etcd.conf",
        Etcd = Component(host, ClusterComponent.Etcd, ComponentState.Running),
        Configuration = new EtcdConfiguration
        {
            Path = "/etc/etcd/etcd.conf",
            Form = default,
            Name = "m2",
            DataDirectory = "/var/lib/etcd",
            ListenClientUrls = [],
            AdvertiseClientUrls = [],
            ListenPeerUrls = [],
            InitialAdvertisePeerUrls = ["https://m2:2380"],
            InitialCluster = "",
            InitialClusterState = "new",
            InitialClusterToken = "",
            Endpoint = [],
        },
    };

    private static ClusterHealException Fault() => new(ErrorIds.ConnectionRefused, FaultCategory.Connection, "It refused the connection.", null, "Start it.");
}
