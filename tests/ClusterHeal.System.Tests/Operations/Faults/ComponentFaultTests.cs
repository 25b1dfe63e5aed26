using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Faults;

/// <summary>
/// Each fault before, in and after each step of a stop and of a start, of a static pod and of a unit; of these a few always, and all with
/// <c>CLUSTERHEAL_TEST_ALL</c>. Whatever happened, the same holds afterwards: the host alone brings back what was stopped, no manifest is
/// lost or overwritten, nothing stays armed, and what was reported is true.
/// </summary>
public sealed class ComponentFaultTests(ComponentFaultTests.Fixture fixture) : IClassFixture<ComponentFaultTests.Fixture>
{
    private const string Manifest = "/etc/kubernetes/manifests/kube-scheduler.yaml";
    private static readonly string[] Steps = ["take the lock", "arm the switch", "move |stop |start ", "disarm the switch", "release the lock"];
    private int _case;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHost Host => fixture.Hosts["k1"];

    /// <summary>Each with a trait, so that one can be run alone: <c>-trait "fault=disk full"</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> Faults() => HostFault.All.Select(fault => new TheoryDataRow<string>(fault.Name).WithTrait("fault", fault.Name));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_happens_when_ever_it_happens_the_host_comes_back_and_the_report_is_true(string name)
    {
        var fault = HostFault.All.First(each => each.Name == name);
        foreach (var (component, action, step, moment) in Cases(fault))
        {
            try
            {
                await RunAsync(fault, component, action, step, moment);
            }
            finally
            {
                await SettleAsync();
            }
        }
    }

    private static IEnumerable<(ClusterComponent Component, ComponentAction Action, string Step, FaultMoment Moment)> Cases(HostFault fault) =>
        from component in new[] { ClusterComponent.Scheduler, ClusterComponent.Kubelet }
        from action in new[] { ComponentAction.Stop, ComponentAction.Start }
        from step in Steps.Where(step => step != (action == ComponentAction.Stop ? "disarm the switch" : "arm the switch"))
        from moment in Enum.GetValues<FaultMoment>()
        where !fault.ComesFirst || (step == Steps[0] && moment == FaultMoment.Before)
        where LongTests.AreWanted
            || (component == ClusterComponent.Scheduler && action == ComponentAction.Stop && (fault.ComesFirst || (step == Steps[2] && moment == FaultMoment.During)))
        select (component, action, step, moment);

    private async Task RunAsync(HostFault fault, ClusterComponent component, ComponentAction action, string step, FaultMoment moment)
    {
        var what = $"{fault.Name}, {moment} '{step}' of {action} {component}";
        TestContext.Current.SendDiagnosticMessage(what);
        var original = await ReadManifestAsync();
        var scene = new FaultScene(Host, component == ClusterComponent.Kubelet ? "kubelet" : "kube-scheduler", Manifest, original, async () =>
        {
            var other = Change(action, component) with { JournalFolder = Path.Combine(fixture.Hosts.Folder, "other") };
            var said = await other.RunAsync(new RecordingSink());
            Assert.All(said.Faults, f => Assert.Contains(f.ErrorId, new[] { ErrorIds.HostLocked, ErrorIds.ComponentTimeout }));
        });
        if (fault.ComesFirst) await fault.BeginAsync(scene, Stop);
        // A busy machine may take its time for what comes before; the short patience of the change itself is a part of the fault.
        if (action == ComponentAction.Start) await (Change(ComponentAction.Stop, component) with { Timeout = TimeSpan.FromMinutes(2) }).ExpectAsync();
        await HostLab.EventuallyAsync(async () => await RunsAsync(component) == (action == ComponentAction.Stop), $"{what}: the component is as it has to be before");

        var (sink, threw) = await MeetAsync(fault, scene, Change(action, component), step.Split('|'), moment);

        // What was said of the state is so, as far as the host can be asked at all.
        if (sink.Records.OfType<ComponentStatus>().LastOrDefault() is { } reported && fault.Name is not ("host killed" or "second operator" or "file edited meanwhile"))
        {
            Assert.True((reported.State == ComponentState.Running) == await RunsAsync(component), $"{what}: reported {reported.State}, which is not so.");
        }

        if (!fault.ComesFirst) await fault.EndAsync(scene, Stop);
        var saysNothingStopped = sink.Faults.Any(f => new[] { "othing was stopped", "othing was changed", "othing was run" }.Any(f.Message.Contains))
            && !sink.Warnings.Any(warning => warning.Contains("may be down", StringComparison.Ordinal));
        if (saysNothingStopped && action == ComponentAction.Stop && fault.Name != "second operator")
        {
            await HostLab.EventuallyAsync(() => RunsAsync(component), $"{what}: it runs, as nothing was stopped. {Said(sink, threw)}", 40);
        }

        // The host alone.
        var stoppedInOrder = threw is null && sink.Faults.Count == 0 && action == ComponentAction.Stop;
        var armed = await FireAsync();
        Assert.True(armed || !stoppedInOrder || fault.Name is "host killed" or "file edited meanwhile", $"{what}: it is stopped, and no switch is armed.");
        if (action == ComponentAction.Stop && !stoppedInOrder || armed)
        {
            await HostLab.EventuallyAsync(() => RunsAsync(component), $"{what}: it runs again without an operator. {Said(sink, threw)}", 60);
        }

        // The next operator, who need not wait for a dead one.
        var next = await (Change(ComponentAction.Start, component) with { Force = true, JournalFolder = Path.Combine(fixture.Hosts.Folder, "next") }).RunAsync(new RecordingSink());
        Assert.True(next.Faults.Count == 0, $"{what}: {string.Join(' ', next.Faults.Select(f => f.Message))}");
        Assert.True(await RunsAsync(component), what);
        await Host.AssertNothingIsArmedAsync(wasKilled: fault.Name == "host killed");
        if (fault.ComesFirst) await fault.EndAsync(scene, Stop);
        await CheckManifestsAsync(what, original, fault.Name == "file edited meanwhile");
    }

    private async Task<(RecordingSink Sink, Exception? Threw)> MeetAsync(
        HostFault fault, FaultScene scene, ComponentChange change, string[] steps, FaultMoment moment)
    {
        var sink = new RecordingSink();
        FaultyShell? faulty = null;
        try
        {
            await ComponentChanger.RunAsync(change with { OpenShell = Open }, sink, TimeProvider.System, Stop);
            Assert.True(fault.ComesFirst || faulty!.HasHappened, $"{fault.Name} has not happened: there is no step {string.Join('|', steps)}.");
            return (sink, null);
        }
        catch (OperatorKilledException killed)
        {
            return (sink, killed);
        }

        IHostShell Open(HostConnection connection)
        {
            var shell = HostLab.Shells.Open(connection);
            if (fault.ComesFirst) return shell;
            return faulty = new FaultyShell(shell, steps, moment, () => fault.BeginAsync(scene, Stop), fault.KillsOperator);
        }
    }

    private ComponentChange Change(ComponentAction action, ClusterComponent component)
    {
        var change = fixture.Hosts.Change(action, component, Host);
        var connection = fixture.Hosts.Connection(Host);
        var options = new Dictionary<string, string>(connection.SshOption) { ["ServerAliveInterval"] = "2" };
        return change with
        {
            Targets = [new HostComponents(connection with { SshOption = options, ConnectTimeout = TimeSpan.FromSeconds(5) }, [component])],
            Timeout = TimeSpan.FromSeconds(15),
            JournalFolder = Path.Combine(fixture.Hosts.Folder, $"state-{_case++}"),
        };
    }

    private async Task<bool> RunsAsync(ClusterComponent component) => component == ClusterComponent.Kubelet
        ? await Host.SaysAsync("systemctl is-active kubelet") == "active"
        : await GroupsAsync() != "";

    // The groups of the pods that run a scheduler.
    private Task<string> GroupsAsync() => GroupsAsync(Host);

    private static Task<string> GroupsAsync(PracticeHost host) =>
        host.SaysAsync("grep -h kubepods $(pgrep -f '^kube-scheduler ' | sed 's#.*#/proc/&/cgroup#') /dev/null");

    // Every switch goes off, not in minutes but now.
    private async Task<bool> FireAsync() => await Host.SaysAsync("""
        for timer in $(systemctl list-units --plain --no-legend 'clusterheal-heal-*.timer' | cut -d ' ' -f 1); do
          echo $timer
          systemctl start --no-block "${timer%.timer}.service" && systemctl stop "$timer"
        done
        """) != "";

    private Task<string> ReadManifestAsync() => Host.SaysAsync($"cat {Manifest}");

    private async Task CheckManifestsAsync(string what, string original, bool edited)
    {
        var known = edited ? new[] { original, original + "\n# edited" } : [original];
        Assert.Contains(await ReadManifestAsync(), known);
        var all = await Host.SaysAsync("for file in $(find /etc/kubernetes -name 'kube-scheduler.yaml*'); do cat $file; echo; echo ----; done");
        Assert.Contains(original, all, StringComparison.Ordinal);
        Assert.True(!edited || all.Contains("# edited", StringComparison.Ordinal), $"{what}: what somebody else has written is lost.");
    }

    // As it was, whatever a case has left.
    private async Task SettleAsync()
    {
        await Host.PowerOnAsync(Stop);
        await Host.RestoreNetworkAsync(Stop);
        Host.Disk.WritePrivate(Manifest, fixture.Manifest);
        await Host.SaysAsync("""
            umount /var/lib/clusterheal /etc/kubernetes/clusterheal
            rm -rf /etc/kubernetes/clusterheal /var/lib/clusterheal /var/lib/fill /var/lib/rest /usr/local/bin/date /etc/systemd/system/*clusterheal* /etc/systemd/system/*/*clusterheal*
            systemctl stop 'clusterheal-*'
            systemctl start kubelet
            """);
        // The pod of an edited manifest has to be gone, too.
        await HostLab.EventuallyAsync(async () => await GroupsAsync() == fixture.Group, "the pod of the original manifest runs, and no other", 90);
    }

    private static string Said(RecordingSink sink, Exception? threw) => string.Join(' ', [threw?.Message, .. sink.Faults.Select(f => f.Message), .. sink.Warnings]);

    public sealed class Fixture : IAsyncLifetime
    {
        public PracticeHosts Hosts { get; private set; } = null!;

        public string Manifest { get; private set; } = "";

        public string Group { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Hosts = await PracticeHosts.StartAsync(["k1"], CancellationToken.None, Install, sharedFiles: StaticPodHost.SharedFiles, diskSize: "256M");
            await HostLab.EventuallyAsync(async () => (await Hosts.StatusAsync(Hosts["k1"], ClusterComponent.Scheduler)).IsListening, "the pod runs");
            Manifest = await File.ReadAllTextAsync(Hosts["k1"].Disk.PathOf(ComponentFaultTests.Manifest));
            Group = await GroupsAsync(Hosts["k1"]);
        }

        public ValueTask DisposeAsync() => Hosts.DisposeAsync();

        private static void Install(PracticeHosts hosts)
        {
            StaticPodHost.Install(hosts["k1"]);
            StaticPodHost.InstallComponent(hosts["k1"], "kube-scheduler");
        }
    }
}
