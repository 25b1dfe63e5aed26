using System.Globalization;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>One practice cluster for all drills, and how they are run on it.</summary>
public sealed class DrillLab : IAsyncLifetime
{
    private readonly PracticeClusterOptions _options;

    public DrillLab()
        : this(new PracticeClusterOptions())
    {
    }

    internal DrillLab(PracticeClusterOptions options) => _options = options;

    /// <summary>The collection of the tests that share it; they run one after the other.</summary>
    public const string Name = "drills";

    private const string All = "CLUSTERHEAL_ALL_DRILLS";

    /// <summary>All drills, each with a trait, so that one can be run alone: <c>-trait "drill=EtcdNoSpace"</c>.</summary>
    public static IEnumerable<TheoryDataRow<DrillName>> Drills() => Enum.GetValues<DrillName>().Select(name => new TheoryDataRow<DrillName>(name).WithTrait("drill", $"{name}"));

    public PracticeCluster Cluster { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        Cluster = await PracticeCluster.StartAsync(_options, CancellationToken.None);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    internal async Task<FailureDrillRequest> RequestAsync(DrillName drill, params string[] targets) => new()
    {
        OpenShell = HostLab.Shells.Open,
        Drill = drill,
        Kubernetes = (await KubernetesConnection.ReadAsync([Cluster.KubeconfigFile], null, Stop)) with { ClusterName = "practice" },
        Hosts = [.. Cluster.Masters.Select(host => Connection(host.Name))],
        NodeHost = Connection,
        TargetName = targets,
        Tolerance = TimeSpan.FromSeconds(6),
        Pause = TimeSpan.FromMilliseconds(300),
        JournalFolder = Path.Combine(Cluster.Hosts.Folder, "journal"),
    };

    internal HostConnection Connection(string name) => Connection(name, Cluster.Hosts[name].Address);

    internal HostConnection Connection(string name, string address) => Connection(Cluster.Hosts.Folder, name, address);

    internal static HostConnection Connection(string folder, string name, string address) =>
        RestoreOperator.Connection(folder, name, address) with { ConnectTimeout = TimeSpan.FromSeconds(15) };

    /// <summary>Skips a test that the others stand for in every run.</summary>
    internal static void SkipUnlessAll() => Assert.SkipUnless(Environment.GetEnvironmentVariable(All) == "1", $"Takes long; {All}=1 runs it.");

    /// <summary>Runs a drill, and does something when a phase begins.</summary>
    internal static async Task<(DrillReport Report, RecordingSink Sink)> RunAsync(
        FailureDrillRequest request, DrillPhase phase = default, Func<Task>? disturbAsync = null, CancellationTokenSource? user = null)
    {
        var disturbance = Task.CompletedTask;
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                if (disturbAsync is not null && progress.Status == $"{phase}") disturbance = disturbAsync();
            },
        };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(user?.Token ?? Stop);
        await disturbance;
        var report = Assert.IsType<DrillReport>(Assert.Single(sink.Records));
        TestContext.Current.TestOutputHelper?.WriteLine(Text(report));
        return (report, sink);
    }

    /// <summary>Undoes a drill whose operator was killed, from a machine that knows nothing of it, and expects that nothing is left.</summary>
    /// <param name="drill">The drill.</param>
    /// <param name="isThere">False where it was killed before it wrote anything down, as it had touched nothing.</param>
    /// <param name="user">Who undoes it; null for the administrator.</param>
    internal async Task UndoAsync(DrillName drill, bool isThere = true, KubernetesConnection? user = null)
    {
        var request = await RequestAsync(drill);
        var undo = new FailureDrillUndoRequest
        {
            OpenShell = HostLab.Shells.Open,
            Kubernetes = user ?? request.Kubernetes, Hosts = request.Hosts, NodeHost = request.NodeHost, JournalFolder = Path.Combine(Cluster.Hosts.Folder, "other"),
        };
        var sink = new RecordingSink();
        var run = new FailureDrillUndo(undo, sink, TimeProvider.System).RunAsync(Stop);
        if (isThere)
        {
            await run;
            Assert.Empty(sink.Faults.Select(f => f.Message));
            Assert.True(Assert.IsType<DrillUndo>(Assert.Single(sink.Records)).Succeeded);
        }
        else
        {
            Assert.Equal(ErrorIds.DrillNotFound, (await Assert.ThrowsAsync<ClusterHealException>(() => run)).ErrorId);
        }

        await AssertNothingIsLeftAsync();
    }

    /// <summary>
    /// Nothing of any drill is left: no namespace, record, lock, switch, cordon, stopped component or unfinished restore. What restores keep on
    /// purpose goes then, since it takes the room that the next one needs.
    /// </summary>
    internal async Task AssertNothingIsLeftAsync()
    {
        var request = await RequestAsync(DrillName.Scheduler);
        await using var cluster = await DrillCluster.LookAsync(request, TimeProvider.System, Stop);
        Assert.Empty(await SteadyState.WaitAsync(cluster, TimeSpan.FromSeconds(60), TimeProvider.System, Stop));
        Assert.DoesNotContain(cluster.Nodes, node => node.Spec.Unschedulable);
        await HostLab.EventuallyAsync(
            async () => (await cluster.Api.AskAsync(api => api.SnapshotAsync(Resources.Any("v1", "namespaces"), ResourceQuery.All, Stop)))
                .Items.All(n => !n.Metadata.Name.StartsWith(Canary.Prefix, StringComparison.Ordinal)),
            "the canary's namespace is gone");
        foreach (var host in Cluster.Hosts.Hosts)
        {
            Assert.Equal("", await host.SaysAsync(
                "ls /var/lib/clusterheal/drills /var/lib/clusterheal/stopped /var/lib/clusterheal/lock 2>/dev/null | grep -v '^$' | grep -v :$;"
                + " systemctl list-units --all --plain --no-legend 'clusterheal-heal-*.timer';"
                + " for plan in /var/lib/clusterheal/restore/*/plan; do ! [ -f \"$plan\" ] || [ -f \"${plan%/plan}/finished\" ] || echo \"$plan\"; done;"
                + " for plan in /var/lib/clusterheal/repair/*/plan /var/lib/clusterheal/quota/*/plan; do ! [ -f \"$plan\" ] || [ -f \"${plan%/plan}/finished\" ] || echo \"$plan\"; done;"
                + " ls -d /etc/systemd/system/etcd.service.d 2>/dev/null;"
                + " rm -rf /var/lib/clusterheal/restore /var/lib/clusterheal/repair /var/lib/clusterheal/quota /var/lib/etcd/member.clusterheal-*"));
        }
    }

    /// <summary>The report as text, for whoever reads a failed test.</summary>
    internal static string Text(DrillReport report) => string.Join('\n',
    [
        report.ToString(),
        .. report.Phases.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.At.TotalSeconds,7:0.0} {p.Phase} {p.Duration.TotalSeconds:0.0} s")),
        .. report.Hypotheses.Select(h => string.Create(
            CultureInfo.InvariantCulture, $"{h.Phase} {h.Name} {h.Status}: expected {h.Expected}, measured {h.Measured?.TotalSeconds:0.0} s ({h.Basis}). {h.Message}")),
        .. report.Observations.Select(o => o.ToString()),
    ]);
}

/// <summary>The tests that share a cluster.</summary>
[CollectionDefinition(DrillLab.Name)]
public sealed class DrillGroup : ICollectionFixture<DrillLab>;
