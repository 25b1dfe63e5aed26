using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>Stop, start, restart and heal on hosts that run a real etcd of three members as systemd units.</summary>
public sealed class SystemdComponentTests(SystemdComponentTests.Fixture fixture) : IClassFixture<SystemdComponentTests.Fixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHosts Hosts => fixture.Hosts;

    private PracticeHost Host => fixture.Hosts["m1"];

    [Fact]
    public async Task The_status_of_a_unit_is_what_systemd_says()
    {
        var status = await Hosts.StatusAsync(Host, ClusterComponent.Etcd);
        Assert.Equal((ComponentState.Running, ComponentMechanism.SystemdUnit, "etcd.service"), (status.State, status.Mechanism, status.UnitName));
        Assert.Equal(await Host.SaysAsync("systemctl show -p MainPID --value etcd"), status.ProcessId.ToString());
        Assert.Equal(await Host.SaysAsync("date -u -d \"$(TZ=UTC systemctl show -p ActiveEnterTimestamp --value etcd)\" +%s"), status.Since!.Value.ToUnixTimeSeconds().ToString());
        Assert.Equal(["/usr/bin/etcd"], status.CommandLine);
        Assert.True(status.IsEnabled);
        Assert.True(status.IsListening);
        Assert.Equal(ComponentState.NotFound, (await Hosts.StatusAsync(Host, ClusterComponent.Scheduler)).State);
    }

    [Fact]
    public async Task Stop_arms_the_switch_first_and_start_leaves_nothing_behind()
    {
        var stopped = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).ExpectAsync();
        var status = Assert.IsType<ComponentStatus>(Assert.Single(stopped.Records));
        Assert.Equal(ComponentState.Stopped, status.State);
        Assert.Equal("inactive", await Host.SaysAsync("systemctl is-active etcd"));
        Assert.False(status.IsListening);
        Assert.InRange(status.HealsAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15.1));
        Assert.Equal(status.HealTimer, await Host.SaysAsync("systemctl list-timers --plain --no-legend 'clusterheal-*' | grep -o 'clusterheal[^ ]*timer'"));
        Assert.Contains(stopped.Warnings, warning => warning.Contains(status.HealTimer!, StringComparison.Ordinal));
        var journal = (await Host.SaysAsync("cat /var/lib/clusterheal/journal.jsonl")).Split('\n');
        var armed = Array.FindLastIndex(journal, line => line.Contains("arm the switch", StringComparison.Ordinal));
        Assert.True(armed >= 0 && armed < Array.FindLastIndex(journal, line => line.Contains("stop etcd.service", StringComparison.Ordinal)));

        var started = await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Host).ExpectAsync();
        Assert.Equal(ComponentState.Running, Assert.IsType<ComponentStatus>(Assert.Single(started.Records)).State);
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task Restart_gives_a_new_process_and_leaves_nothing_armed()
    {
        var before = await Host.SaysAsync("systemctl show -p MainPID --value etcd");
        await Hosts.Change(ComponentAction.Restart, ClusterComponent.Etcd, Host).ExpectAsync();
        Assert.NotEqual(before, await Host.SaysAsync("systemctl show -p MainPID --value etcd"));
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task A_host_of_two_names_is_restarted_once()
    {
        var connection = Hosts.Connection(Host);
        var alias = connection with { HostName = "alias", SshOption = new Dictionary<string, string>(connection.SshOption) { ["HostName"] = Host.Address } };
        var change = Hosts.Change(ComponentAction.Restart, ClusterComponent.Etcd, Host);

        var sink = await (change with { Targets = [.. change.Targets, new HostComponents(alias, [ClusterComponent.Etcd])] }).ExpectAsync();

        Assert.Single(sink.Records);
        Assert.Contains("are one host", Assert.Single(sink.Warnings, warning => warning.Contains("alias", StringComparison.Ordinal)), StringComparison.Ordinal);
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task Restart_leaves_the_switch_of_a_restore_alone()
    {
        await using var shell = Hosts.Shell(Host);
        var restore = new OperationJournal("Restore-EtcdSnapshot", Path.Combine(Hosts.Folder, "restore"), TimeProvider.System);
        var armed = await DeadMansSwitch.ArmAsync(shell, restore, "etcd-restore", TimeSpan.FromMinutes(10), [HealStep.Start("etcd.service")], Stop);

        await Hosts.Change(ComponentAction.Restart, ClusterComponent.Etcd, Host).ExpectAsync();

        Assert.Equal(armed!.Timer, await Host.SaysAsync("systemctl list-timers --plain --no-legend 'clusterheal-*' | grep -o 'clusterheal[^ ]*timer'"));
        Assert.Equal("etcd-restore.sh", await Host.SaysAsync("ls /var/lib/clusterheal/heal"));
        await DeadMansSwitch.DisarmAsync(shell, restore, "etcd-restore", Stop);
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task The_host_brings_it_back_when_the_stopping_process_is_killed()
    {
        await KilledOperator.StopAndDieAsync(Hosts, Host, ClusterComponent.Etcd, 15, async () => await Host.SaysAsync("pidof etcd") == "");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("systemctl is-active etcd") == "active", "the timer brought etcd back");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task The_script_of_the_switch_can_be_run_by_hand_and_leaves_no_timer()
    {
        await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).ExpectAsync();
        await Host.SaysAsync("sh /var/lib/clusterheal/heal/etcd.sh");
        Assert.Equal("active", await Host.SaysAsync("systemctl is-active etcd"));
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task The_host_brings_it_back_when_it_is_cut_off()
    {
        await (Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host) with { For = TimeSpan.FromSeconds(15) }).ExpectAsync();
        await Host.CutNetworkAsync(Stop);
        try
        {
            // With the network cut etcd has no quorum and is not ready, but its process is there again.
            await HostLab.EventuallyAsync(async () => await Host.SaysAsync("pidof etcd") != "", "the timer started etcd");
        }
        finally
        {
            await Host.RestoreNetworkAsync(Stop);
        }

        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("systemctl is-active etcd") == "active", "etcd is up");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
    }

    [Fact]
    public async Task A_disabled_unit_is_brought_back_by_a_reboot_of_the_host()
    {
        await Host.SaysAsync("systemctl disable etcd");
        try
        {
            await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).ExpectAsync();
            await Host.RebootAsync(Stop);
            await HostLab.EventuallyAsync(async () => await Host.SaysAsync("systemctl is-active etcd") == "active", "the boot brought etcd back");
            await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
            await Host.AssertNothingIsArmedAsync();
        }
        finally
        {
            await Host.SaysAsync("systemctl enable etcd");
        }
    }

    [Fact]
    public async Task Without_a_timer_only_when_asked_for()
    {
        var sink = await (Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host) with { For = TimeSpan.Zero }).ExpectAsync();
        Assert.Null(Assert.IsType<ComponentStatus>(Assert.Single(sink.Records)).HealsAt);
        Assert.Contains("will not start it by itself", Assert.Single(sink.Questions), StringComparison.Ordinal);
        Assert.Contains("will not start it again by itself", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        Assert.Equal("", await Host.SaysAsync("systemctl list-units --all --plain --no-legend 'clusterheal-heal-*'"));
        await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Host).ExpectAsync();
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task A_stop_below_quorum_is_refused_and_changes_nothing()
    {
        await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Hosts["m2"]).ExpectAsync();
        try
        {
            var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).RunAsync();
            Assert.Equal(ErrorIds.QuorumAtRisk, Assert.Single(sink.Faults).ErrorId);
            Assert.Equal("active", await Host.SaysAsync("systemctl is-active etcd"));
            await Host.AssertNothingIsArmedAsync();

            // Forced, it asks, and No is No.
            var forced = await (Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host) with { Force = true }).RunAsync();
            Assert.Contains(forced.Questions, question => question.StartsWith("etcd quorum", StringComparison.Ordinal));
            Assert.Equal("active", await Host.SaysAsync("systemctl is-active etcd"));
        }
        finally
        {
            await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Hosts["m2"]).ExpectAsync();
            await fixture.Etcd.WaitUntilHealthyAsync(Stop);
        }
    }

    [Fact]
    public async Task Members_that_would_go_together_are_counted_together_before_any_of_them_is_stopped()
    {
        PracticeHost[] all = [Host, Hosts["m2"], Hosts["m3"]];
        var before = await MainPidsAsync();
        foreach (var (together, left) in new[] { (all[..2], 1), (all, 0) })
        {
            var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, together).RunAsync();
            Assert.Equal(together.Length, sink.Faults.Count);
            Assert.All(sink.Faults, fault => Assert.Equal(ErrorIds.QuorumAtRisk, fault.ErrorId));
            Assert.All(sink.Faults, fault => Assert.Contains($"{left} of 3 voters would be healthy, and 2 are needed", fault.Message, StringComparison.Ordinal));
            Assert.Empty(sink.Questions);

            // With -Force -WhatIf nothing is refused: what would be stopped is said of each host, and what that does.
            var whatIf = await (Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, together) with { Force = true })
                .RunAsync(new RecordingSink { Answer = false });
            Assert.Empty(whatIf.Faults);
            Assert.Equal(together.Length, whatIf.Questions.Count);
            Assert.All(whatIf.Questions, said => Assert.Contains($"{left} of 3 voters would be healthy, and 2 are needed: the cluster would stop", said, StringComparison.Ordinal));
        }

        Assert.Equal(before, await MainPidsAsync());

        async Task<string> MainPidsAsync() => string.Join(' ', await Task.WhenAll(all.Select(host => host.SaysAsync("systemctl show -p MainPID --value etcd"))));
    }

    [Fact]
    public async Task A_no_and_WhatIf_change_nothing_and_show_host_mechanism_and_action()
    {
        var before = await Host.SaysAsync("systemctl show -p MainPID --value etcd; ls -laR /var/lib/clusterheal /etc/systemd/system | sha256sum");
        var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).RunAsync(new RecordingSink { Answer = false });
        var question = Assert.Single(sink.Questions);
        Assert.Contains(Host.Address, question, StringComparison.Ordinal);
        Assert.Contains("systemctl stop etcd.service", question, StringComparison.Ordinal);
        Assert.Contains("00:15:00", question, StringComparison.Ordinal);
        Assert.Equal(before, await Host.SaysAsync("systemctl show -p MainPID --value etcd; ls -laR /var/lib/clusterheal /etc/systemd/system | sha256sum"));
    }

    [Fact]
    public async Task A_lock_of_another_operator_is_respected_until_it_ends_or_is_forced()
    {
        await using var shell = Hosts.Shell(Host);
        var other = new OperationJournal("Restore-EtcdSnapshot", Path.Combine(Hosts.Folder, "other"), TimeProvider.System);
        await using (await HostLock.TakeAsync(shell, other, TimeSpan.FromMinutes(5), force: false, Stop))
        {
            var sink = await Hosts.Change(ComponentAction.Restart, ClusterComponent.Etcd, Host).RunAsync();
            var fault = Assert.Single(sink.Faults);
            Assert.Equal(ErrorIds.HostLocked, fault.ErrorId);
            Assert.Contains(other.OperationId, fault.Message, StringComparison.Ordinal);

            await Host.SaysAsync("sed -i '2s/.*/1/' /var/lib/clusterheal/lock");
            await Hosts.Change(ComponentAction.Restart, ClusterComponent.Etcd, Host).ExpectAsync();
        }

        Assert.Equal("", await Host.SaysAsync("ls /var/lib/clusterheal/lock 2>/dev/null"));
        var entries = await OperationJournal.ReadAsync(shell, Stop);
        Assert.Contains(entries, entry => entry.Step == "stop etcd.service");
    }

    [Fact]
    public async Task Where_no_timer_can_be_made_nothing_is_stopped()
    {
        await Host.SaysAsync("mv /usr/bin/systemd-run /usr/bin/systemd-run.away");
        try
        {
            var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).RunAsync();
            Assert.Equal(ErrorIds.HostSwitchNotArmed, Assert.Single(sink.Faults).ErrorId);
            Assert.Equal("active", await Host.SaysAsync("systemctl is-active etcd"));
            await Host.AssertNothingIsArmedAsync();
        }
        finally
        {
            await Host.SaysAsync("mv /usr/bin/systemd-run.away /usr/bin/systemd-run");
        }
    }

    [Fact]
    public async Task Interrupted_by_the_user_the_switch_stays_armed_and_the_output_says_so()
    {
        using var user = new CancellationTokenSource();
        var sink = new RecordingSink { OnWarning = _ => user.Cancel() };
        var change = Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ComponentChanger.RunAsync(change, sink, TimeProvider.System, user.Token));
        Assert.Contains(sink.Warnings, warning => warning.Contains("starts it again by itself", StringComparison.Ordinal));
        Assert.NotEqual("", await Host.SaysAsync("systemctl list-timers --plain --no-legend 'clusterheal-heal-etcd_*'"));
        await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Host).ExpectAsync();
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task What_requires_the_unit_goes_with_it_and_comes_back_with_it()
    {
        Host.Disk.Write("/etc/systemd/system/leans.service", "[Unit]\nRequires=etcd.service\nAfter=etcd.service\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nRequiredBy=\n");
        await Host.SaysAsync("systemctl daemon-reload; systemctl start leans");
        try
        {
            var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).ExpectAsync();
            Assert.Contains("leans.service", Assert.Single(sink.Questions), StringComparison.Ordinal);
            Assert.Equal("inactive", await Host.SaysAsync("systemctl is-active leans"));
            await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Host).ExpectAsync();
            Assert.Equal("active", await Host.SaysAsync("systemctl is-active leans"));
        }
        finally
        {
            await Host.SaysAsync("systemctl stop leans; rm /etc/systemd/system/leans.service; systemctl daemon-reload");
        }
    }

    [Fact]
    public async Task A_host_that_fails_is_one_error_and_holds_no_other_up()
    {
        var sink = new RecordingSink();
        var hosts = Hosts.Hosts.Select(host => Hosts.Connection(host)).Append(Hosts.Connection(Host) with { Port = 1 });
        HostComponents[] targets = [.. hosts.Select(host => new HostComponents(host, [ClusterComponent.Etcd]))];
        await ComponentQuery.RunAsync(targets, all: false, 4, HostLab.Shells, sink, Stop);
        Assert.Equal(3, sink.Records.Count);
        Assert.Equal(ErrorIds.SshRefused, Assert.Single(sink.Faults).ErrorId);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public PracticeHosts Hosts { get; private set; } = null!;

        public PracticeEtcd Etcd { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, CancellationToken.None));
            Hosts = await PracticeHosts.StartAsync(["m1", "m2", "m3"], CancellationToken.None, Etcd.Install, sharedFiles: Etcd.SharedFiles);
            await Etcd.WaitUntilHealthyAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await Hosts.DisposeAsync();
            Etcd.Dispose();
        }
    }
}
