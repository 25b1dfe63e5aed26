using System.Text.RegularExpressions;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Practice;

/// <summary>Real hosts, checked with the machine's own ssh.</summary>
public sealed class PracticeHostsTests
{
    [Fact]
    public async Task Three_hosts_boot_and_answer_ssh_by_name_and_leave_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var hosts = await PracticeHosts.StartAsync(["h1", "h2", "h3"], cancellationToken);
        DateTime ended;
        try
        {
            foreach (var host in hosts.Hosts)
            {
                const string Ask = "hostname && systemctl is-active ssh && getent hosts h2 | cut -d' ' -f1 && cat /proc/1/comm";
                var answer = await SshAsync(hosts, host.Name, Ask);
                Assert.Equal($"{host.Name}\nactive\n{hosts["h2"].Address}\nsystemd\n", answer.Expect().Output);
            }
        }
        finally
        {
            ended = DateTime.UtcNow;
            await hosts.DisposeAsync();
        }

        var (bridges, cgroups) = (Directory.GetDirectories("/sys/class/net", $"ch-{hosts.Name}"), AllCgroups());
        // The name is free again. Where another test has taken it by now, which begins with the folder, what was found may be that one's.
        Assert.True(!Directory.Exists(hosts.Folder) || Directory.GetCreationTimeUtc(hosts.Folder) > ended);
        if (!Directory.Exists(hosts.Folder))
        {
            Assert.Empty(bridges);
            Assert.DoesNotContain($"clusterheal-practice/{hosts.Name}/", cgroups, StringComparison.Ordinal);
        }

        var mounts = await File.ReadAllTextAsync("/proc/self/mounts", cancellationToken);
        Assert.DoesNotContain("clusterheal-practice", mounts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_reboots_loses_power_and_loses_its_network_and_keeps_its_disk()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var hosts = await PracticeHosts.StartAsync(["h1"], cancellationToken);
        var host = hosts["h1"];
        (await host.RunAsync(cancellationToken, "systemd-run", "--unit=witness", "sleep", "infinity")).Expect();
        (await SshAsync(hosts, "h1", "echo kept >/var/lib/kept")).Expect();

        await host.RebootAsync(cancellationToken);
        Assert.Equal("kept\ninactive\n", (await SshAsync(hosts, "h1", "cat /var/lib/kept; systemctl is-active witness")).Output);

        await host.PowerOffAsync(cancellationToken);
        Assert.Contains("timed out", (await SshAsync(hosts, "h1", "true", patience: 2)).Error, StringComparison.Ordinal);
        await host.PowerOnAsync(cancellationToken);
        Assert.Equal("kept\n", (await SshAsync(hosts, "h1", "cat /var/lib/kept")).Output);

        await host.CutNetworkAsync(cancellationToken);
        Assert.Equal(255, (await SshAsync(hosts, "h1", "true", patience: 2)).ExitCode);
        Assert.Equal("h1\n", (await host.RunAsync(cancellationToken, "hostname")).Expect().Output);
        await host.RestoreNetworkAsync(cancellationToken);
        (await SshAsync(hosts, "h1", "true")).Expect();
    }

    [Fact]
    public async Task Two_clusters_with_the_same_names_run_side_by_side()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var both = await Task.WhenAll(
            PracticeHosts.StartAsync(["h1"], cancellationToken, cluster => cluster["h1"].Disk.Write("/etc/which", "first")),
            PracticeHosts.StartAsync(["h1"], cancellationToken, cluster => cluster["h1"].Disk.Write("/etc/which", "second")));
        try
        {
            Assert.NotEqual(both[0]["h1"].Address, both[1]["h1"].Address);
            Assert.Equal("first", (await SshAsync(both[0], "h1", "cat /etc/which")).Expect().Output);
            Assert.Equal("second", (await SshAsync(both[1], "h1", "cat /etc/which")).Expect().Output);
        }
        finally
        {
            foreach (var cluster in both) await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_run_that_was_killed_takes_its_hosts_along_and_the_next_start_clears_the_rest()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var practice = typeof(PracticeHosts).Assembly.Location;
        var log = Path.GetTempFileName();
        await using var victim = BoundProcess.Start(log, "dotnet", [practice, "hosts", "h1"]);
        string said;
        while (!(said = await File.ReadAllTextAsync(log, cancellationToken)).Contains("Ctrl+C", StringComparison.Ordinal))
        {
            Assert.False(victim.HasExited, said);
            await Task.Delay(50, cancellationToken);
        }
        var folder = Regex.Match(said, "ssh -F (.*)/ssh_config").Groups[1].Value;
        File.Delete(log);

        await victim.KillAsync();
        var killed = DateTime.UtcNow;
        Assert.True(Directory.Exists(folder));
        await using var next = await PracticeHosts.StartAsync(["h1"], cancellationToken);

        // The name is free again: the next start, or one beside it, may have taken it already.
        Assert.True(next.Folder == folder || !Directory.Exists(folder) || Directory.GetCreationTimeUtc(folder) > killed);
        (await SshAsync(next, "h1", "true")).Expect();
    }

    [Fact]
    public async Task Users_log_in_with_the_key_and_have_the_rights_of_sudo_that_they_were_given()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var hosts = await PracticeHosts.StartAsync(["h1"], cancellationToken);
        await hosts["h1"].AddUserAsync("free", cancellationToken, sudoers: "ALL=(ALL) NOPASSWD: ALL");
        await hosts["h1"].AddUserAsync("asked", cancellationToken, password: "pass word", sudoers: "ALL=(ALL) ALL", shell: "/bin/dash");

        Assert.Equal("0\n", (await SshAsync(hosts, "free@h1", "sudo -n id -u")).Expect().Output);
        Assert.Contains("a password is required", (await SshAsync(hosts, "asked@h1", "sudo -n id -u")).Error, StringComparison.Ordinal);
        Assert.Equal("0\n", (await SshAsync(hosts, "asked@h1", "echo 'pass word' | sudo -S id -u 2>/dev/null")).Expect().Output);
    }

    [Fact]
    public async Task A_route_that_is_dropped_parts_two_hosts_and_leaves_the_others_joined()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var hosts = await PracticeHosts.StartAsync(["h1", "h2"], cancellationToken, diskSize: "64M");
        const string Reach = "bash -c ': </dev/tcp/h2/22'";

        await hosts["h1"].DropRouteAsync(hosts["h2"].Address, cancellationToken);
        Assert.NotEqual(0, (await SshAsync(hosts, "h1", $"timeout 2 {Reach}")).ExitCode);
        await hosts["h1"].RestoreRouteAsync(hosts["h2"].Address, cancellationToken);
        (await SshAsync(hosts, "h1", Reach)).Expect();

        var full = await SshAsync(hosts, "h1", "head -c 100M /dev/zero >/var/lib/full");
        Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
    }

    /// <summary>A practice host is such a machine itself, which the machine of the tests may not be.</summary>
    [Fact]
    public async Task Hosts_boot_on_a_machine_whose_systemd_owns_pure_cgroup_v2()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var parts = await new PeerCache().GetAsync(PeerSet.HostParts, cancellationToken);
        var shared = DotnetProgram.FilesOf("ClusterHeal.Practice").Append(new($"/srv/peers/{Path.GetFileName(parts.Home)}", parts.Home)).ToDictionary();
        var script = $"""
            #!/bin/bash
            log=$(mktemp)
            CLUSTERHEAL_PEERS=/srv/peers {DotnetProgram.HostCommand("ClusterHeal.Practice")} hosts inner >"$log" 2>&1 &
            until grep -q ^Ctrl "$log"; do kill -0 %1 || cat "$log"; sleep 0.1; done
            stat --file-system --format=%T /sys/fs/cgroup
            ssh -F /run/clusterheal-practice/*/ssh_config inner 'hostname; systemctl is-system-running'
            kill %1; wait %1
            ls -d /run/clusterheal-practice /sys/fs/cgroup/clusterheal-practice 2>&1 | wc -l
            """;
        await using var hosts = await PracticeHosts.StartAsync(
            ["outer"], cancellationToken, cluster => cluster["outer"].Disk.WriteExecutable("/usr/local/bin/nest", script), sharedFiles: shared);

        var run = await SshAsync(hosts, "outer", "timeout 120 nest");

        Assert.Equal("cgroup2fs\ninner\nrunning\n2\n", run.Output + run.Error);
    }

    private static string AllCgroups() =>
        string.Join('\n', Directory.GetDirectories("/sys/fs/cgroup", "*", SearchOption.AllDirectories).Select(group => group + "/"));

    private static Task<ToolResult> SshAsync(PracticeHosts hosts, string host, string command, int patience = 30) =>
        Tool.RunAsync("ssh", ["-F", hosts.SshConfigFile, "-o", $"ConnectTimeout={patience}", host, command], TestContext.Current.CancellationToken);
}
