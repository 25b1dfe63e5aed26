using System.Diagnostics;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>
/// What befalls a restore before and in each of its steps. Afterwards it is always the same: the old or the new state whole on all members, no
/// component down, nothing lost, and the report says what is so. With <c>CLUSTERHEAL_TEST_ALL</c>; operators that are killed are in
/// <see cref="ClusterRestoreTests"/>.
/// </summary>
public sealed class RestoreFaultTests(ITestOutputHelper output)
{
    private const string Before = "before", PutStep = "Put the new data in place";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly string[] Steps =
    [
        Before, "Look at the hosts", "Read the snapshot", "Lock the hosts", "Rehearse: write the new database and read it back", "Save the present data",
        "Lay the new data beside the old", "Arm the hosts", "Stop the control plane", "Stop etcd", PutStep, "Start etcd", "Prove etcd", "Start the API servers",
        "Wait for the API servers", "Read through the API servers", "Start controller managers and schedulers", "Disarm the hosts", "Close the operation",
    ];

    private static readonly Fault[] Faults =
    [
        new("clocks, proxies and namesakes", EtcdForm.SystemdUnit, OddHostsAsync, EvenHostsAsync) { MustRestore = true },
        new("a filesystem of its own for our folder", EtcdForm.StaticPod, cluster => OnAllAsync(cluster, MountOwn), _ => Task.CompletedTask) { MustRestore = true },
        new("a manifest that is written meanwhile", EtcdForm.StaticPod,
            cluster => OnAsync(cluster, "m1", WriteManifest), cluster => OnAsync(cluster, "m1", "! grep -L edited /etc/kubernetes/manifests/kube-scheduler.yaml | grep ."))
        { Steps = ["Stop etcd", PutStep, "Start etcd", "Prove etcd", "Start the API servers"], MustRestore = true },
        new("a second operator", EtcdForm.SystemdUnit, SecondOperatorAsync, _ => Task.CompletedTask),
        new("a host that dies", EtcdForm.SystemdUnit, cluster => cluster.Hosts["m2"].PowerOffAsync(Stop), cluster => cluster.Hosts["m2"].PowerOnAsync(Stop)),
        new("a network that is cut", EtcdForm.SystemdUnit, cluster => cluster.Hosts["m2"].CutNetworkAsync(Stop), cluster => cluster.Hosts["m2"].RestoreNetworkAsync(Stop)),
        new("a disk that is full", EtcdForm.SystemdUnit, cluster => RestoreCluster.FillDiskAsync(cluster.Hosts["m1"], Stop), cluster => RestoreCluster.FreeDiskAsync(cluster.Hosts["m1"], Stop)),
    ];

    private const string MountOwn = "mkdir -p /var/lib/clusterheal && mount -t tmpfs -o size=64m own /var/lib/clusterheal";

    private const string WriteManifest =
        "f=/etc/kubernetes/manifests/kube-scheduler.yaml; sed 's/^metadata:/metadata:\\n  annotations: {edited: \"yes\"}/' /var/lib/clusterheal/restore/*/manifests/kube-scheduler.yaml > $f";

    /// <summary>Each with a trait, so that one can be run alone: <c>-trait "fault=a disk that is full"</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names() =>
        Faults.Select(fault => new TheoryDataRow<string>(fault.Name).WithTrait("fault", fault.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_happens_in_whichever_step_one_state_is_whole_and_nothing_is_down(string name)
    {
        LongTests.SkipUnlessWanted();
        var fault = Faults.Single(f => f.Name == name);
        await using var cluster = await RestoreCluster.StartAsync(fault.Form, Stop, diskSize: "900M");
        foreach (var step in fault.Steps)
        {
            var start = Stopwatch.GetTimestamp();
            var (said, hasHappened) = await RestoreAsync(cluster, fault, step);
            Assert.True(hasHappened, $"{name} has not happened: the restore ended before '{step}'. {said.Words}");
            await fault.Mend(cluster);
            if (said.Outcome is null or ClusterRestoreOutcome.LeftToHosts) await cluster.FireSwitchesAsync(Stop);
            var state = await cluster.SettledStateAsync(Patience, Stop);
            await cluster.AwaitControlPlaneAsync(Stop);
            output.WriteLine($"{name}, {step}: {said.Outcome?.ToString() ?? "refused"}, the {state} data, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s. {said.Words}");
            if (fault.MustRestore) Assert.True(said.Outcome == ClusterRestoreOutcome.Restored, $"{step}: {said.Words}");
            if (said.Outcome is ClusterRestoreOutcome.Restored) Assert.Equal("new", state);
            if (said.Outcome is ClusterRestoreOutcome.PutBack || (said.Outcome is null && !fault.OthersRestore)) Assert.Equal("old", state);
            if (state == "new") await cluster.ExpectUndoneAsync(Stop);
            Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
            // What restores and their undoing keep on purpose takes the room that the next one needs.
            await OnAllAsync(cluster, "rm -rf /var/lib/clusterheal/restore /var/lib/etcd/member.clusterheal-*");
        }
    }

    /// <summary>An operator's environment with a proxy that is dead: no connection of a restore may go by it.</summary>
    [Fact]
    public async Task The_operators_proxy_is_no_way_to_a_host()
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        using var closed = new ClosedPort();
        (string, string)[] proxies = [.. new[] { "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY" }.Select(name => (name, $"http://{closed.Endpoint}"))];

        Assert.False(await cluster.RestoreAndDieAsync("no step", Stop, proxies));

        Assert.Equal("new", await cluster.SettledStateAsync(Patience, Stop));
        await cluster.AwaitControlPlaneAsync(Stop);
    }

    private static async Task<((ClusterRestoreOutcome? Outcome, string Words) Said, bool HasHappened)> RestoreAsync(RestoreCluster cluster, Fault fault, string step)
    {
        var hasHappened = step == Before;
        var sink = step == Before
            ? new RecordingSink()
            : RestoreCluster.AtStep(step, () =>
            {
                hasHappened = true;
                return fault.Inject(cluster);
            });
        if (step == Before) await fault.Inject(cluster);
        await using var restore = cluster.Restore();
        try
        {
            await restore.RunAsync(sink, Stop);
            var report = Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records));
            return ((report.Outcome, report.Reason ?? ""), hasHappened);
        }
        catch (ClusterHealException refused)
        {
            return ((null, $"{refused.ErrorId}: {refused.Message}"), hasHappened);
        }
    }

    // A clock that goes on by an hour with each look, a proxy in every file in which curl or a shell looks for one, and processes of other
    // users that bear the components' names.
    private static Task OddHostsAsync(RestoreCluster cluster) => OnAllAsync(cluster, """
        mv /usr/bin/date /usr/bin/date.true
        printf '#!/bin/sh\nhours=$(cat /run/hours 2>/dev/null || echo 0)\necho $((hours + 1)) > /run/hours\nexec /usr/bin/date.true -d "now + $hours hours" "$@"\n' > /usr/bin/date
        chmod 755 /usr/bin/date
        printf 'proxy = http://127.0.0.1:9\n' > /root/.curlrc
        printf 'HTTPS_PROXY=http://127.0.0.1:9\nhttps_proxy=http://127.0.0.1:9\n' >> /etc/environment
        for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
          setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "exec -a $name sleep 3000" </dev/null >/dev/null 2>&1 &
        done
        """);

    private static Task EvenHostsAsync(RestoreCluster cluster) => OnAllAsync(cluster, "mv /usr/bin/date.true /usr/bin/date; pkill -u 65534 sleep");

    private static async Task SecondOperatorAsync(RestoreCluster cluster)
    {
        var request = RestoreOperator.Request(cluster.Hosts.Folder) with { Force = false };
        await using var second = new ClusterRestore(cluster.Connections, request, Path.Combine(cluster.Hosts.Folder, "second"), TimeProvider.System);
        // Before the first has the locks, the second restores, and the first has to notice; from then on it is not let in.
        await second.RunAsync(new RecordingSink(), Stop).ContinueWith(_ => { }, Stop, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static async Task OnAllAsync(RestoreCluster cluster, string script)
    {
        foreach (var host in cluster.Hosts.Hosts) (await host.RunAsync(Stop, "sh", "-ec", script)).Expect();
    }

    private static async Task OnAsync(RestoreCluster cluster, string host, string script) => (await cluster.Hosts[host].RunAsync(Stop, "sh", "-ec", script)).Expect();

    private sealed record Fault(string Name, EtcdForm Form, Func<RestoreCluster, Task> Inject, Func<RestoreCluster, Task> Mend)
    {
        /// <summary>The steps in which it can happen.</summary>
        public string[] Steps { get; init; } = RestoreFaultTests.Steps;

        /// <summary>True if it must not keep a restore from its end.</summary>
        public bool MustRestore { get; init; }

        /// <summary>True if somebody else may have restored.</summary>
        public bool OthersRestore => Name == "a second operator";
    }
}
