using System.Diagnostics;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Drills;
using ClusterHeal.Tests.Operations.Health;

namespace ClusterHeal.Tests.Operations.Healing;

/// <summary>
/// Faults are injected into a whole cluster that runs, one at a time and three at a time: Repair-Cluster heals them or says why not, and
/// touches nothing else. With <c>CLUSTERHEAL_TEST_ALL</c> all of them, else a few that take little time.
/// </summary>
public sealed class ClusterRepairTests(ClusterRepairTests.SharedLab shared) : IClassFixture<ClusterRepairTests.SharedLab>
{
    // So many cases take less than ten minutes.
    private const int PieceSize = 8;

    // Those that no fault but their own makes start again: a scheduler that loses its API server does so by itself.
    private static readonly string[] Steady = ["etcd", "kubelet", "containerd"];

    private static readonly LiveFault LostData = new(
        "a member of etcd has lost its data",
        lab => lab.OnAsync("kubem02", "systemctl stop etcd; mv /var/lib/etcd/member /var/lib/etcd.lost; systemctl start --no-block etcd"),
        // A member that runs was repaired, and what it had before is of no use any more.
        lab => lab.OnAsync("kubem02", "systemctl is-active --quiet etcd || { systemctl stop etcd; rm -rf /var/lib/etcd/member; mv /var/lib/etcd.lost /var/lib/etcd/member; systemctl start etcd; }; rm -rf /var/lib/etcd.lost"),
        "EtcdMembers Fail kubem02",
        "EtcdQuorum Warning practice",
        "HostComponents Fail Etcd on kubem02",
        "ApiServerReady Fail kubem02")
    { MayFollow = ["SchedulerLease", "ControllerManagerLease", "NodeLease", "NodeReady", "ApiServerReady Fail https://kubem02"] };

    private static readonly LiveFault RuntimeStopped = new(
        "the container runtime of a node is stopped",
        lab => lab.OnAsync("kubew01", "systemctl stop containerd"),
        lab => lab.OnAsync("kubew01", "systemctl start containerd"),
        "NodeReady Fail kubew01");

    private static readonly HealingCase[] Cases =
    [
        new("etcd has lost its quorum", "Start Etcd on kubem01, kubem02") { Touched = ["kubem01 etcd", "kubem02 etcd"] },
        new("a kubelet is dead, and its node is not Ready", "Start Kubelet on kubew02") { Touched = ["kubew02 kubelet"] },
        new(
            "all controller managers are stopped, and a kubelet is dead: its node stays Ready",
            "Start ControllerManager on kubem00, kubem01, kubem02",
            "Start Kubelet on kubew02")
        {
            Touched = ["kubem00 kube-controller-manager", "kubem01 kube-controller-manager", "kubem02 kube-controller-manager", "kubew02 kubelet"],
        },
        new("a pod is to end, and the kubelet that could end it is dead", "Start Kubelet on kubew02") { Touched = ["kubew02 kubelet"] },
        new([RuntimeStopped], "Start ContainerRuntime on kubew01") { Touched = ["kubew01 containerd", "kubew01 kubelet"] },
        new("a member of etcd is corrupt", "Repair the etcd member 'kubem02' on kubem02: it comes back empty and learns everything from the others")
        {
            Touched = ["kubem02 etcd"],
        },
        new(
            [HealingCase.Fault("one scheduler of three is stopped"), Stopped("kubem02", "kube-apiserver", "ApiServer"), HealingCase.Fault("a kubelet is dead, and its node is not Ready")],
            "Start ApiServer on kubem02",
            "Start Scheduler on kubem01",
            "Start Kubelet on kubew02") { Touched = ["kubem02 kube-apiserver", "kubem01 kube-scheduler", "kubew02 kubelet"] },
        new(
            [HealingCase.Fault("a member of etcd is stopped, and its API server has no etcd"), Stopped("kubem00", "kube-controller-manager", "ControllerManager"), HealingCase.Fault("a node is cordoned")],
            "Start Etcd on kubem01",
            "Start ControllerManager on kubem00")
        {
            IsLeft = true, Sentences = ["Who cordoned it"], Touched = ["kubem01 etcd", "kubem00 kube-controller-manager"],
        },
        new(
            [LostData, Stopped("kubem00", "kube-scheduler", "Scheduler"), HealingCase.Fault("a disk is nearly full")],
            "Repair the etcd member 'kubem02' on kubem02: it comes back empty and learns everything from the others",
            "Start Scheduler on kubem00") { IsLeft = true, Sentences = ["No cmdlet heals it"], Touched = ["kubem02 etcd", "kubem00 kube-scheduler"] },
        new([HealingCase.Fault("a host cannot be logged in to"), Stopped("kubem00", "kube-scheduler", "Scheduler")], "Start Scheduler on kubem00")
        {
            IsLeft = true, Sentences = ["It cannot be seen"], Touched = ["kubem00 kube-scheduler"],
        },
        new([LostData], "Repair the etcd member 'kubem02' on kubem02: it comes back empty and learns everything from the others") { Touched = ["kubem02 etcd"] },
        new("one scheduler of three is stopped", "Start Scheduler on kubem01") { Touched = ["kubem01 kube-scheduler"] },
        new("all schedulers are stopped", "Start Scheduler on kubem00, kubem01, kubem02") { Touched = ["kubem00 kube-scheduler", "kubem01 kube-scheduler", "kubem02 kube-scheduler"] },
        new("one API server of three is stopped", "Start ApiServer on kubem01") { Touched = ["kubem01 kube-apiserver"] },
        new("a member of etcd is stopped, and its API server has no etcd", "Start Etcd on kubem01") { IsLong = false, Touched = ["kubem01 etcd"] },
        Left("a member of etcd is cut off from the others, and lags behind", "Its data may be good"),
        Left("a host cannot be logged in to", "It cannot be seen"),
        Left("a host of the control plane has lost its power", "cannot be. Bring the host back"),
        Left("a certificate in a file has expired", "No cmdlet heals it"),
        Left("a member was added to etcd and has never joined", "None of the hosts has the member"),
        Left("a learner was never promoted", "None of the hosts has the member"),
        .. ObjectFaults.All.Select(fault => new HealingCase([fault]) { IsLeft = true }),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each with a trait, so that a part can be run alone: <c>-trait "piece=2"</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> Faults() => Cases
        .Select((one, index) => (Case: one, Row: new TheoryDataRow<string>($"{one}").WithTrait("piece", $"{index / PieceSize}")))
        .Where(one => LongTests.AreWanted || !one.Case.IsLong).Select(one => one.Row);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_fails_is_healed_or_it_is_said_why_not_and_nothing_else_is_touched(string faults)
    {
        var lab = await shared.GetAsync();
        var one = Cases.Single(each => $"{each}" == faults);
        try
        {
            await HealAsync(lab, one);
        }
        catch
        {
            // The next one finds a cluster that is well.
            foreach (var fault in one.Faults) await fault.HealAsync(lab);
            await lab.ExpectWellAsync(hosts: true);
            throw;
        }
    }

    [Fact]
    public async Task A_parked_manifest_is_put_back_when_its_operation_and_its_switch_are_dead()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await HealthLab.StartAsync(EtcdForm.StaticPod, kubernetesAssets: null);
        await lab.ExpectWellAsync(hosts: true);
        await StopAsync(lab, "kubem01", ClusterComponent.Etcd, TimeSpan.FromSeconds(8));
        await lab.OnAsync("kubem01", "systemctl stop 'clusterheal-heal-*.timer'");
        ClusterRepairReport? report = null;
        await HostLab.EventuallyAsync(
            async () => (report = (await RepairAsync(lab)).Records.OfType<ClusterRepairReport>().FirstOrDefault()) is not null, "the time of the switch is over");
        Assert.True(report!.Succeeded, report.Reason);
        Assert.Equal(["Start Etcd on kubem01"], report.Steps.Select(s => lab.Named(s.Action)));
        Assert.Contains("etcd", await lab.OnAsync("kubem01", "ls /etc/kubernetes/manifests"), StringComparison.Ordinal);
        await lab.ExpectWellAsync(hosts: true);
    }

    private static HealingCase Left(string fault, string sentence) => new([HealingCase.Fault(fault)]) { IsLeft = true, Sentences = [sentence] };

    private static LiveFault Stopped(string host, string unit, string component) => new(
        $"{component} on {host} is stopped",
        lab => lab.OnAsync(host, $"systemctl stop {unit}"),
        lab => lab.OnAsync(host, $"systemctl start {unit}"),
        $"HostComponents Fail {component} on {host}")
    { MayFollow = ["SchedulerLease", "ControllerManagerLease", "NodeLease", "NodeReady", $"ApiServerReady Fail https://{host}"] };

    private static async Task HealAsync(HealthLab lab, HealingCase one)
    {
        var clock = Stopwatch.StartNew();
        foreach (var fault in one.Faults) await fault.InjectAsync(lab);
        await FindAsync(lab, [.. one.Faults.SelectMany(f => f.Expected)]);
        var before = await ProcessesAsync(lab);
        var (journals, started) = (await JournalsAsync(lab), TimeProvider.System.GetUtcNow());

        var asked = await RepairAsync(lab, answer: false);
        var plan = Assert.Single(asked.Records.OfType<ClusterRepairPlan>());
        Assert.Equal(one.Steps, plan.Steps.Select(s => lab.Named(s.Action)));
        Assert.All(one.Sentences, s => Assert.Contains(plan.NotRepaired, n => lab.Named(n.Reason).Contains(s, StringComparison.Ordinal)));
        Assert.True(one.IsLeft ? plan.NotRepaired.Length > 0 : plan.NotRepaired.All(n => n.Status == CheckStatus.Unknown), string.Join('\n', plan.NotRepaired));
        Assert.All(plan.NotRepaired, n => Assert.True(n.Reason.Length > 20, $"{n}"));
        if (one.Steps.Length > 0)
        {
            // A plan touches nothing.
            Assert.Equal(journals, await JournalsAsync(lab));
            var done = await RepairAsync(lab);
            var report = Assert.Single(done.Records.OfType<ClusterRepairReport>());
            Assert.True(report.Steps.All(s => s.Outcome is ClusterRepairStepOutcome.Healed or ClusterRepairStepOutcome.HealedByItself), report.Reason);
            Assert.Equal(one.Steps, report.Steps.Select(s => lab.Named(s.Action)));
            Assert.True(report.Succeeded, $"{one}: {report.Reason} {string.Join("; ", report.NotRepaired)}");
        }
        else
        {
            Assert.Empty(asked.Questions);
        }

        var after = await ProcessesAsync(lab);
        string[] touched = [.. before.Where(b => after[b.Key] != b.Value).Select(b => b.Key), .. await StartedAsync(lab, started)];
        Assert.True(touched.All(one.Touched.Contains), $"{one}: {string.Join(", ", touched)}");
        foreach (var fault in one.Faults.Where(f => one.IsLeft || ReferenceEquals(f, LostData))) await fault.HealAsync(lab);
        if (one.Steps.Length > 0 || one.Faults.Any(HostFaults.All.Contains)) await lab.ExpectWellAsync(hosts: true);
        TestContext.Current.SendDiagnosticMessage($"{clock.Elapsed.TotalSeconds:0.0} s: {one}");
    }

    [Fact]
    public async Task What_somebody_stopped_on_purpose_is_left()
    {
        LongTests.SkipUnlessWanted();
        var lab = await shared.GetAsync();
        await StopAsync(lab, "kubem01", ClusterComponent.Scheduler, TimeSpan.FromMinutes(10));
        var plan = Assert.Single((await RepairAsync(lab)).Records.OfType<ClusterRepairPlan>());
        var left = Assert.Single(plan.NotRepaired, n => n.Name == "HostComponents");
        Assert.Contains("stopped it on purpose; the host starts it again", left.Reason, StringComparison.Ordinal);
        Assert.StartsWith("Start-ControlPlaneComponent", left.Command, StringComparison.Ordinal);
        var found = await OperationsAsync(lab);
        var operation = Assert.Single(found, o => o.State == ClusterOperationState.Left);
        Assert.Equal((ClusterOperationKind.ComponentStop, "Scheduler on kubem01"), (operation.Kind, lab.Named(operation.Target)));
        await ChangeAsync(lab, "kubem01", ClusterComponent.Scheduler, ComponentAction.Start, TimeSpan.Zero);
        await lab.ExpectWellAsync(hosts: true);
    }

    [Fact]
    public async Task The_user_who_stops_it_is_told_how_far_it_came()
    {
        LongTests.SkipUnlessWanted();
        var lab = await shared.GetAsync();
        await lab.OnAsync("kubem00", "systemctl stop kube-scheduler");
        await lab.OnAsync("kubem01", "systemctl stop kube-controller-manager");
        await FindAsync(lab, "HostComponents Fail Scheduler on kubem00", "HostComponents Fail ControllerManager on kubem01");
        using var user = new CancellationTokenSource();
        var page = Path.Combine(lab.Cluster.Hosts.Folder, "stopped.html");
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                if (progress.Status.StartsWith("waits until it is well after", StringComparison.Ordinal)) user.Cancel();
            },
        };
        await new ClusterRepair(Request(lab) with { ReportPath = [page] }, sink, TimeProvider.System).RunAsync(user.Token);
        var report = Assert.Single(sink.Records.OfType<ClusterRepairReport>());
        Assert.False(report.Succeeded);
        Assert.Equal([ClusterRepairStepOutcome.Failed, ClusterRepairStepOutcome.Planned], report.Steps.Select(s => s.Outcome));
        Assert.Contains("It was done. The user stopped the repair", report.Steps[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith("The user stopped the repair.", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        Assert.Contains($"Not begun: {report.Steps[1].Action}.", sink.Warnings[0], StringComparison.Ordinal);
        Assert.True(File.Exists(page));
        Assert.Equal(ErrorIds.ClusterNotRepaired, Assert.Single(sink.Faults).ErrorId);

        var rest = Assert.Single((await RepairAsync(lab)).Records.OfType<ClusterRepairReport>());
        Assert.True(rest.Succeeded, rest.Reason);
        await lab.ExpectWellAsync(hosts: true);
    }

    [Fact]
    public async Task A_drill_that_died_is_taken_back()
    {
        LongTests.SkipUnlessWanted();
        var lab = await shared.GetAsync();
        await DrillOperator.RunAndDieAsync(lab.Cluster, DrillName.NodeMaintenance, $"{DrillPhase.Observation}", healAfter: null, Stop);
        // What the machine that died had locked ends by itself in half an hour; the user says that it died.
        var report = Assert.Single((await RepairAsync(lab, force: true)).Records.OfType<ClusterRepairReport>());
        Assert.True(report.Succeeded, report.Reason);
        Assert.StartsWith("Take back the drill", Assert.Single(report.Steps).Action, StringComparison.Ordinal);
        Assert.DoesNotContain(await OperationsAsync(lab), o => o.State == ClusterOperationState.Left);
        await lab.ExpectWellAsync(hosts: true);
    }

    [Fact]
    public async Task A_node_is_marked_as_off_if_its_user_says_so_and_it_is_silent()
    {
        LongTests.SkipUnlessWanted();
        var lab = await shared.GetAsync();
        var refused = await Assert.ThrowsAsync<ClusterHealException>(() => RepairAsync(lab, off: "kubew02"));
        Assert.Equal(ErrorIds.NodeNotOff, refused.ErrorId);

        await lab.CreateAsync("/api/v1/namespaces/default/pods", ObjectFaults.Pod("ending", "", "\"nodeName\":\"kubew02\","));
        await lab["kubew02"].PowerOffAsync(Stop);
        await lab.DeleteAsync("/api/v1/namespaces/default/pods/ending?gracePeriodSeconds=1");
        await FindAsync(lab, "NodeLease Fail kubew02", "StuckPods Warning default/ending");
        var plan = Assert.Single((await RepairAsync(lab)).Records.OfType<ClusterRepairPlan>());
        Assert.Contains(plan.NotRepaired, n => n.Command == "Repair-Cluster -NodeIsOff kubew02");
        ClusterRepairReport? report = null;
        await HostLab.EventuallyAsync(
            async () =>
            {
                try
                {
                    report = (await RepairAsync(lab, off: "kubew02")).Records.OfType<ClusterRepairReport>().FirstOrDefault();
                    return report is not null;
                }
                catch (ClusterHealException e) when (e.ErrorId == ErrorIds.NodeNotOff)
                {
                    return false; // The controller manager has not given it up yet.
                }
            },
            "the node is given up");
        Assert.True(report!.Succeeded, report.Reason);
        Assert.Equal(404, (int?)(await lab.GetAsync("/api/v1/namespaces/default/pods/ending"))["code"]);
        await lab.PatchAsync("/api/v1/nodes/kubew02", """{"spec":{"taints":null}}""");
        await lab["kubew02"].PowerOnAsync(Stop);
        await lab.ExpectWellAsync(hosts: true);
    }

    /// <summary>Waits until the test of the health finds all of these; what follows from them may be there as well.</summary>
    private static Task FindAsync(HealthLab lab, params string[] expected)
    {
        IReadOnlyList<CheckResult> results = [];
        return HostLab.EventuallyAsync(
            async () =>
            {
                results = await lab.TestAsync();
                var said = results.Select(r => $"{r.Name} {r.Status} {r.Target}").ToList();
                return expected.All(e => said.Exists(s => s.StartsWith(e, StringComparison.Ordinal)));
            },
            $"all of these are found: {string.Join("; ", expected)}");
    }

    private static async Task<RecordingSink> RepairAsync(HealthLab lab, bool answer = true, bool force = false, string? off = null)
    {
        var sink = new RecordingSink { Answer = answer };
        var request = Request(lab) with { NodesOff = off is null ? [] : [off], Force = force };
        await new ClusterRepair(request, sink, TimeProvider.System).RunAsync(Stop);
        return sink;
    }

    private static ClusterRepairRequest Request(HealthLab lab) => new()
    {
        Sources = lab.Sources,
        Options = new HealthOptions { PodPatience = TimeSpan.FromSeconds(1) },
        NodeHost = node => lab.Cluster.Hosts.Connection(lab[node]),
        SnapshotFolder = lab.Cluster.Hosts.Folder,
        JournalFolder = Path.Combine(lab.Cluster.Hosts.Folder, "journal"),
    };

    private static Task StopAsync(HealthLab lab, string host, ClusterComponent component, TimeSpan time) =>
        ChangeAsync(lab, host, component, ComponentAction.Stop, time);

    private static async Task ChangeAsync(HealthLab lab, string host, ClusterComponent component, ComponentAction action, TimeSpan time)
    {
        var sink = new RecordingSink();
        var change = new ComponentChange
        {
            Action = action,
            Targets = [new HostComponents(lab.Cluster.Hosts.Connection(lab[host]), [component])],
            For = time,
            OpenShell = lab.Sources.Shells.Open,
            JournalFolder = Path.Combine(lab.Cluster.Hosts.Folder, "journal"),
        };
        await ComponentChanger.RunAsync(change, sink, TimeProvider.System, Stop);
        Assert.Empty(sink.Faults);
    }

    private static async Task<IReadOnlyList<ClusterOperation>> OperationsAsync(HealthLab lab)
    {
        var sink = new RecordingSink();
        await new OperationQuery(lab.Sources.Hosts, lab.Sources.Shells, Path.Combine(lab.Cluster.Hosts.Folder, "journal")).RunAsync(sink, Stop);
        Assert.Empty(sink.Faults);
        return [.. sink.Records.OfType<ClusterOperation>()];
    }

    /// <summary>The main process of each service of each host that is up.</summary>
    private static async Task<Dictionary<string, string>> ProcessesAsync(HealthLab lab)
    {
        var found = new Dictionary<string, string>();
        foreach (var host in lab.Cluster.Hosts.Hosts.Where(h => h.IsOn))
        {
            foreach (var unit in Steady) found[$"{host.Name} {unit}"] = (await lab.OnAsync(host.Name, $"systemctl show -p MainPID --value {unit}")).Trim();
        }

        return found;
    }

    /// <summary>The services that an operation of ours started since a time, by the journals of the hosts.</summary>
    private static async Task<IEnumerable<string>> StartedAsync(HealthLab lab, DateTimeOffset since)
    {
        var found = new List<string>();
        foreach (var host in lab.Cluster.Hosts.Hosts.Where(h => h.IsOn))
        {
            var lines = (await lab.OnAsync(host.Name, "cat /var/lib/clusterheal/journal.jsonl 2>/dev/null || :")).Split('\n').Select(ClusterHeal.Hosts.OperationJournal.Parse);
            found.AddRange(lines.OfType<JournalEntry>().Where(e => e.Time >= since && e.Step.StartsWith("start ", StringComparison.Ordinal))
                .Select(e => $"{host.Name} {e.Step["start ".Length..].Replace(".service", "", StringComparison.Ordinal)}"));
        }

        return found.Distinct();
    }

    private static async Task<string> JournalsAsync(HealthLab lab)
    {
        var all = await Task.WhenAll(lab.Cluster.Hosts.Hosts.Where(h => h.IsOn).Select(h => lab.OnAsync(h.Name, "find /var/lib/clusterheal /etc/systemd/system -type f 2>/dev/null | sort | xargs -r cksum")));
        return string.Join('\n', all);
    }

    /// <summary>The cluster of all cases, which the first of them starts.</summary>
    public sealed class SharedLab : IAsyncDisposable
    {
        private HealthLab? _lab;

        internal async Task<HealthLab> GetAsync()
        {
            if (_lab is not null) return _lab;
            _lab = await HealthLab.StartAsync(EtcdForm.SystemdUnit, kubernetesAssets: null);
            await _lab.ExpectWellAsync(hosts: true);
            return _lab;
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => _lab?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
