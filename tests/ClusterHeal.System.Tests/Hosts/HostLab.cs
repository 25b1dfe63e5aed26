using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>How the tests enter practice hosts.</summary>
internal static class HostLab
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static HostShells Shells { get; } = new(_ => { });

    public static HostConnection Connection(this PracticeHosts hosts, PracticeHost host, string user = "root") => new()
    {
        HostName = host.Address,
        UserName = user,
        KeyFilePath = hosts.KeyFile,
        SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = hosts.KnownHostsFile, ["GlobalKnownHostsFile"] = "/dev/null" },
        ConnectTimeout = TimeSpan.FromSeconds(20),
    };

    public static IHostShell Shell(this PracticeHosts hosts, PracticeHost host) => Shells.Open(hosts.Connection(host));

    public static ComponentChange Change(
        this PracticeHosts hosts, ComponentAction action, ClusterComponent component, params IEnumerable<PracticeHost> on) => new()
        {
            Action = action,
            OpenShell = Shells.Open,
            Targets = [.. on.Select(host => new HostComponents(hosts.Connection(host), [component]))],
            PassThru = true,
            Wait = true,
            Timeout = TimeSpan.FromSeconds(60),
            JournalFolder = Path.Combine(hosts.Folder, "state"),
        };

    public static async Task<RecordingSink> RunAsync(this ComponentChange change, RecordingSink? sink = null)
    {
        sink ??= new RecordingSink { DangerAnswer = false };
        await ComponentChanger.RunAsync(change, sink, TimeProvider.System, Stop);
        return sink;
    }

    /// <summary>Does it and expects that nothing fails.</summary>
    public static async Task<RecordingSink> ExpectAsync(this ComponentChange change)
    {
        var sink = await change.RunAsync();
        Assert.Empty(sink.Faults.Select(fault => fault.Message));
        return sink;
    }

    public static async Task<ComponentStatus> StatusAsync(this PracticeHosts hosts, PracticeHost host, ClusterComponent component)
    {
        var shell = hosts.Shell(host);
        await using (shell.ConfigureAwait(false)) return await ComponentFinder.FindAsync(shell, component, Stop);
    }

    /// <summary>What the host itself says, past SSH.</summary>
    public static async Task<string> SaysAsync(this PracticeHost host, string command) =>
        (await host.RunAsync(Stop, "/bin/sh", "-c", command)).Output.Trim();

    /// <summary>No timer, no unit, no script and no record of a switch is left, on the disk or in systemd's memory.</summary>
    /// <param name="host">The host.</param>
    /// <param name="wasKilled">
    /// True if the host was killed, perhaps while a switch was armed: then files may be left of it that nothing starts, as no link leads to its
    /// unit and no record names it. The next switch of that name writes over them.
    /// </param>
    public static async Task AssertNothingIsArmedAsync(this PracticeHost host, bool wasKilled = false)
    {
        // A timer that was stopped, or a script that ended, is forgotten by systemd a moment later.
        var units = "";
        await EventuallyAsync(
            async () => (units = await host.SaysAsync("systemctl list-units --all --plain --no-legend 'clusterheal-*'")) == "",
            () => $"systemd knows of no switch: {units}");
        Assert.Equal("", await host.SaysAsync("ls /etc/systemd/system/multi-user.target.wants | grep clusterheal; ls /var/lib/clusterheal/stopped 2>/dev/null"));
        if (!wasKilled) Assert.Equal("", await host.SaysAsync("ls /etc/systemd/system | grep clusterheal; ls /var/lib/clusterheal/heal 2>/dev/null"));
    }

    public static Task EventuallyAsync(Func<Task<bool>> isTrueAsync, string what, int seconds = 120) => EventuallyAsync(isTrueAsync, () => what, seconds);

    private static async Task EventuallyAsync(Func<Task<bool>> isTrueAsync, Func<string> what, int seconds = 120)
    {
        for (var tries = 0; tries < seconds * 5; tries++)
        {
            if (await isTrueAsync()) return;
            await Task.Delay(200, Stop);
        }

        Assert.Fail($"Not within {seconds} s: {what()}");
    }
}
