using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>A connection that breaks before, in and after a stop: what the error says is what happened, and the host heals by itself.</summary>
public sealed class ConnectionCutTests(ConnectionCutTests.Fixture fixture) : IClassFixture<ConnectionCutTests.Fixture>
{
    // Between the moment at which the switch is armed and the end of the test's look at what it found.
    private const int HealsAfter = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHosts Hosts => fixture.Hosts;

    private PracticeHost Host => fixture.Hosts["c1"];

    [Fact]
    public async Task Cut_before_the_stop_nothing_was_run_and_the_error_says_so()
    {
        // The announcement of the switch comes between arming it and the stop.
        var sink = new RecordingSink { OnWarning = CutWhenArmed };
        var before = await Host.SaysAsync("systemctl show -p MainPID --value kube-scheduler");
        try
        {
            await (StopScheduler() with { PassThru = false }).RunAsync(sink);
        }
        finally
        {
            await Host.RestoreNetworkAsync(Stop);
        }

        var fault = Assert.IsType<HostShellException>(Assert.Single(sink.Faults));
        Assert.Equal(HostScriptState.NotStarted, fault.ScriptState);
        Assert.Contains("Nothing was run there", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Host.SaysAsync("systemctl show -p MainPID --value kube-scheduler"));
        await HealedAsync();
        Assert.Equal(before, await Host.SaysAsync("systemctl show -p MainPID --value kube-scheduler"));
    }

    [Fact]
    public async Task Cut_during_the_stop_the_outcome_is_unknown_and_the_error_says_so()
    {
        await Host.SaysAsync("touch /run/slow");
        var before = await LastStopAsync();
        var stopping = StopScheduler().RunAsync(new RecordingSink());
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /run/stopping 2>/dev/null") != "", "the stop began");
        await Host.CutNetworkAsync(Stop);
        try
        {
            var sink = await stopping;
            AssertUnknown(sink);
            // The host ends what it began, and starts the component again when the time has come.
            await HostLab.EventuallyAsync(async () => await LastStopAsync() != before, "the host stopped it");
        }
        finally
        {
            await Host.RestoreNetworkAsync(Stop);
        }

        await HealedAsync();
    }

    [Fact]
    public async Task Cut_after_the_stop_the_outcome_is_unknown_and_the_error_says_so()
    {
        // The host itself ends the sessions when it has stopped the unit, before the exit code is on its way.
        await Host.SaysAsync("touch /run/hang-up");
        var before = await LastStopAsync();
        var sink = await StopScheduler().RunAsync(new RecordingSink());
        AssertUnknown(sink);
        await HostLab.EventuallyAsync(async () => await LastStopAsync() != before, "the host stopped it");
        await HealedAsync();
    }

    // On a slow machine the host has started it again before anybody looks.
    private Task<string> LastStopAsync() => Host.SaysAsync("systemctl show -p InactiveEnterTimestampMonotonic --value kube-scheduler");

    private void CutWhenArmed(string warning)
    {
        if (warning.Contains("starts it again by itself", StringComparison.Ordinal)) Host.CutNetworkAsync(Stop).GetAwaiter().GetResult();
    }

    private static void AssertUnknown(RecordingSink sink)
    {
        var fault = Assert.IsType<HostShellException>(Assert.Single(sink.Faults));
        Assert.Equal((ErrorIds.SshConnectionLost, HostScriptState.Unknown), (fault.ErrorId, fault.ScriptState));
        Assert.Contains("stop kube-scheduler.service", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Get-", fault.Remedy, StringComparison.Ordinal);
        Assert.Contains(sink.Warnings, warning => warning.Contains("starts it again by itself", StringComparison.Ordinal));
    }

    private ComponentChange StopScheduler()
    {
        var change = Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, Host);
        var connection = change.Targets[0].Host;
        var options = new Dictionary<string, string>(connection.SshOption) { ["ServerAliveInterval"] = "1", ["ServerAliveCountMax"] = "2" };
        return change with
        {
            Targets = [new HostComponents(connection with { SshOption = options, ConnectTimeout = TimeSpan.FromSeconds(5) }, [ClusterComponent.Scheduler])],
            For = TimeSpan.FromSeconds(HealsAfter),
        };
    }

    private async Task HealedAsync()
    {
        await Host.SaysAsync("rm -f /run/slow /run/stopping /run/hang-up");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
        Assert.Equal("active", await Host.SaysAsync("systemctl is-active kube-scheduler"));
        await Host.AssertNothingIsArmedAsync();
        // What the operation could not release is a lease; the next test does not wait for its end.
        await Host.SaysAsync("rm -f /var/lib/clusterheal/lock");
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private const string Unit = """
            [Service]
            ExecStart=/bin/bash -c 'exec -a kube-scheduler sleep infinity'
            ExecStop=/bin/sh -c 'touch /run/stopping; [ ! -e /run/slow ] || sleep 5'
            ExecStopPost=-/bin/sh -c '[ ! -e /run/hang-up ] || pkill -KILL -f "sshd: root@"'
            """;

        public PracticeHosts Hosts { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Hosts = await PracticeHosts.StartAsync(
            ["c1"], CancellationToken.None, hosts => hosts["c1"].Disk.EnableUnit("kube-scheduler.service", Unit + "\n"));

        public ValueTask DisposeAsync() => Hosts.DisposeAsync();
    }
}
