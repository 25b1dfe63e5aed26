using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>The system's ssh against a real sshd: every way in, and every way in which it fails.</summary>
public sealed class OpenSshShellTests(OpenSshShellTests.Fixture fixture) : IClassFixture<OpenSshShellTests.Fixture>
{
    private static readonly HostScript WhoAmI = new("id -un");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHosts Hosts => fixture.Hosts;

    private PracticeHost Host => fixture.Hosts["s1"];

    private HostConnection Root => Hosts.Connection(Host);

    [Theory]
    [InlineData("plain", "/bin/bash")]
    [InlineData("dashed", "/bin/dash")]
    [InlineData("noisy", "/bin/bash")]
    public async Task A_login_shell_of_any_kind_with_any_noise_gives_clean_output(string user, string shell)
    {
        await Host.AddUserAsync(user, Stop, shell: shell);
        if (user == "noisy")
        {
            await Host.SaysAsync("printf 'echo NOISE; echo NOISE >&2; printf unfinished; stty -a\\n' | tee /home/noisy/.bashrc > /home/noisy/.profile");
            Host.Disk.Write("/etc/issue.net", "BANNER\n");
            Host.Disk.Write("/etc/ssh/sshd_config.d/banner.conf", "Banner /etc/issue.net\n");
            await ReloadSshAsync();
        }

        await using var shell1 = HostShell.OpenSsh(Hosts.Connection(Host, user));
        var result = await shell1.RunAsync(new HostScript("id -un; echo err >&2; exit 3"), Stop);
        Assert.Equal((3, user + "\n", "err\n"), (result.ExitCode, result.Text, result.Error));
        var answer = RandomNumberGenerator.GetBytes(100_000);
        await shell1.WriteFileAsync($"/tmp/{user}", new MemoryStream(answer), HostFileAccess.Private, Stop);
        using var back = new MemoryStream();
        await shell1.ReadFileAsync($"/tmp/{user}", back, Stop);
        Assert.Equal(answer, back.ToArray());
    }

    [Fact]
    public async Task Files_go_through_without_sftp_with_hash_mode_and_owner_and_hostile_names()
    {
        await Host.AddUserAsync("filer", Stop);
        await Host.SaysAsync("sed -i '/^Subsystem/d' /etc/ssh/sshd_config; mkdir -p '/srv/a b'");
        await ReloadSshAsync();
        await using var shell = HostShell.OpenSsh(Root);
        foreach (var name in new[] { "it's", "$(touch HURT)", "`touch HURT`", "line\nline", "ü中", "-n", ";touch HURT", "*" })
        {
            var content = RandomNumberGenerator.GetBytes(70_000);
            var access = new HostFileAccess(UnixFileMode.UserRead | UnixFileMode.GroupRead, "filer", "filer");
            var written = await shell.WriteFileAsync($"/srv/a b/{name}", new MemoryStream(content), access, Stop);
            using var back = new MemoryStream();
            var read = await shell.ReadFileAsync($"/srv/a b/{name}", back, Stop);
            Assert.Equal(content, back.ToArray());
            Assert.Equal(Convert.ToHexString(SHA256.HashData(content)), written.Sha256, ignoreCase: true);
            Assert.Equal(access.Mode, read.Access.Mode);
        }

        Assert.Equal("8\n440 filer", await Host.SaysAsync("cd '/srv/a b'; find . -type f -print0 | tr -dc '\\0' | wc -c; stat -c '%a %U' ./* | sort -u"));
        Assert.Equal("", await Host.SaysAsync("find / -xdev -name HURT"));
    }

    [Fact]
    public async Task Output_of_50_MB_arrives_whole_and_output_without_end_is_an_error()
    {
        await using var shell = HostShell.OpenSsh(Root);
        var big = await shell.RunAsync(new HostScript("head -c 52428800 /dev/zero") { OutputLimit = 60 << 20 }, Stop);
        Assert.Equal(52428800, big.Output.Length);
        var fault = await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript("cat /dev/zero"), Stop));
        Assert.Equal(ErrorIds.HostOutputTooLarge, fault.ErrorId);
    }

    [Fact]
    public async Task Sessions_share_one_connection_and_nothing_stays_behind()
    {
        await using (var shell = HostShell.OpenSsh(Root))
        {
            // The host knows each connection by its ports.
            var whence = new HostScript("echo $SSH_CONNECTION");
            var first = await shell.RunAsync(whence, Stop);
            Assert.NotEqual("\n", first.Text);
            var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shell.RunAsync(whence, Stop)));
            Assert.All(others, other => Assert.Equal(first.Text, other.Text));
        }

        await HostLab.EventuallyAsync(
            () => Task.FromResult(!Process.GetProcessesByName("ssh").Any(process => CommandLine(process).Contains(Host.Address, StringComparison.Ordinal))),
            "no ssh is left");
    }

    [Fact]
    public async Task Password_login_works_and_a_wrong_password_is_told_apart()
    {
        await Host.AddUserAsync("passy", Stop, password: "c0rrect horse'$(x)");
        Host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\n");
        await ReloadSshAsync();
        var connection = Hosts.Connection(Host, "passy") with { KeyFilePath = null, SshOption = NoKeys(Root) };
        await using (var shell = HostShell.OpenSsh(connection with { LoginPassword = Secure("c0rrect horse'$(x)") }))
        {
            Assert.Equal("passy\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
            Assert.Equal("passy\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
        }

        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(connection with { LoginPassword = Secure("wrong") }));
        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(connection));
    }

    [Fact]
    public async Task Sudo_works_without_and_with_a_password_and_its_refusals_are_told_apart()
    {
        await Host.AddUserAsync("free", Stop, sudoers: "ALL=(ALL) NOPASSWD: ALL");
        await Host.AddUserAsync("asked", Stop, password: "s3cret $(x)'", sudoers: "ALL=(ALL) ALL");
        await Host.AddUserAsync("nobody2", Stop, password: "s3cret");
        await Host.AddUserAsync("ttyless", Stop, sudoers: "ALL=(ALL) NOPASSWD: ALL\nDefaults:ttyless requiretty");
        var free = Hosts.Connection(Host, "free") with { Sudo = true };
        var asked = Hosts.Connection(Host, "asked") with { Sudo = true };

        Assert.Equal("root\n", await RunAsync(free));
        // sudo does not ask for it, so it must not be taken for a part of the script.
        Assert.Equal("root\n", await RunAsync(free with { SudoPassword = Secure("touch /HURT") }));
        Assert.Equal("root\n", await RunAsync(asked with { SudoPassword = Secure("s3cret $(x)'") }));
        Assert.Equal(ErrorIds.SudoPasswordRequired, await FailAsync(asked));
        Assert.Equal(ErrorIds.SudoPasswordWrong, await FailAsync(asked with { SudoPassword = Secure("wrong") }));
        Assert.Equal(ErrorIds.SudoRefused, await FailAsync(Hosts.Connection(Host, "nobody2") with { Sudo = true, SudoPassword = Secure("s3cret") }));
        Assert.Equal(ErrorIds.SudoTerminalRequired, await FailAsync(Hosts.Connection(Host, "ttyless") with { Sudo = true }));
        Assert.Equal("", await Host.SaysAsync("ls /HURT 2>/dev/null"));
    }

    [Fact]
    public async Task Host_keys_are_checked()
    {
        var empty = Path.Combine(Hosts.Folder, "known_none");
        await File.WriteAllTextAsync(empty, "", Stop);
        Assert.Equal(ErrorIds.SshHostKeyUnknown, await FailAsync(WithKnownHosts(empty)));
        var other = Path.Combine(Hosts.Folder, "known_other");
        await File.WriteAllTextAsync(other, Hosts["s2"].KnownHostsLine.Replace(Hosts["s2"].Address, Host.Address, StringComparison.Ordinal), Stop);
        Assert.Equal(ErrorIds.SshHostKeyChanged, await FailAsync(WithKnownHosts(other)));

        HostConnection WithKnownHosts(string file) =>
            Root with { SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = file, ["GlobalKnownHostsFile"] = "/dev/null" } };
    }

    [Fact]
    public async Task No_host_no_port_no_name_no_key_are_told_apart()
    {
        Assert.Equal(ErrorIds.SshRefused, await FailAsync(Root with { Port = 1 }));
        Assert.Equal(ErrorIds.SshUnreachable, await FailAsync(Root with { HostName = "no-such-host.invalid" }));
        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(Root with { UserName = "nobody-here" }));
        var cut = Hosts["s2"];
        await cut.CutNetworkAsync(Stop);
        try
        {
            Assert.Contains(
                await FailAsync(Hosts.Connection(cut) with { ConnectTimeout = TimeSpan.FromSeconds(2) }),
                new[] { ErrorIds.SshTimeout, ErrorIds.SshUnreachable });
        }
        finally
        {
            await cut.RestoreNetworkAsync(Stop);
        }
    }

    [Fact]
    public async Task A_host_behind_another_is_reached_as_the_users_own_ssh_config_says()
    {
        // Only by the jump host: the second one does not answer this machine.
        await Hosts["s2"].DropRouteAsync(Hosts.Gateway, Stop);
        try
        {
            var byConfig = $"""
                Host jump
                  HostName {Host.Address}
                Host far
                  HostName {Hosts["s2"].Address}
                  ProxyJump jump
                """;
            // Nothing but the name "far" is given; user, key, known hosts and the way are those of ~/.ssh.
            Assert.Equal($"s2 {Host.Address} SSH-2.0", await UserOperator.LogInAsync(Hosts, byConfig, "far"));
            Assert.Equal($"s2 {Host.Address} SSH-2.0", await UserOperator.LogInAsync(Hosts, "", Hosts["s2"].Address, $"root@{Host.Address}"));
            Assert.StartsWith("HostShellException", await UserOperator.LogInAsync(Hosts, "", Hosts["s2"].Address), StringComparison.Ordinal);
        }
        finally
        {
            await Hosts["s2"].RestoreRouteAsync(Hosts.Gateway, Stop);
        }
    }

    [Fact]
    public async Task A_limit_of_sessions_or_of_logins_holds_nothing_up()
    {
        Host.Disk.Write("/etc/ssh/sshd_config.d/limits.conf", "MaxSessions 2\nMaxStartups 2:100:2\n");
        await ReloadSshAsync();
        try
        {
            await using (var shell = HostShell.OpenSsh(Root))
            {
                Assert.Equal("root\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
                var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => shell.RunAsync(WhoAmI, Stop)));
                Assert.All(results, result => Assert.Equal("root\n", result.Text));
            }

            // Two who knock and say nothing are all that sshd bears: whoever comes then is turned away, and tries again.
            using var first = await KnockAsync();
            using var second = await KnockAsync();
            var login = RunAsync(Root);
            await HostLab.EventuallyAsync(async () => await Host.SaysAsync("journalctl -u ssh | grep -i MaxStartups") != "", "sshd turned the login away");
            first.Close();
            second.Close();
            Assert.Equal("root\n", await login);
        }
        finally
        {
            await Host.SaysAsync("rm /etc/ssh/sshd_config.d/limits.conf");
            await ReloadSshAsync();
        }

        // sshd has taken the connection when it greets.
        async Task<TcpClient> KnockAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(Host.Address, 22, Stop);
            await client.GetStream().ReadExactlyAsync(new byte[7], Stop);
            return client;
        }
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_says_that_the_outcome_is_unknown()
    {
        await using var shell = HostShell.OpenSsh(Root);
        await shell.RunAsync(WhoAmI, Stop);
        var script = new HostScript("touch /var/started; sleep 600") { Purpose = "do something long" };
        var running = shell.RunAsync(script, Stop);
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/started 2>/dev/null") != "", "the script started");
        await Host.SaysAsync("pkill -KILL -f 'sshd: root@'");
        var fault = await Assert.ThrowsAsync<HostShellException>(() => running);
        Assert.Equal((ErrorIds.SshConnectionLost, HostScriptState.Unknown), (fault.ErrorId, fault.ScriptState));
        Assert.Contains("do something long", fault.Message, StringComparison.Ordinal);
        // The shell makes a new connection by itself.
        Assert.Equal("root\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
    }

    [Fact]
    public async Task A_network_cut_in_the_middle_ends_by_itself()
    {
        var cut = Hosts["s2"];
        var connection = Hosts.Connection(cut);
        connection = connection with
        {
            SshOption = new Dictionary<string, string>(connection.SshOption) { ["ServerAliveInterval"] = "1", ["ServerAliveCountMax"] = "2" },
        };
        await using var shell = HostShell.OpenSsh(connection);
        var running = shell.RunAsync(new HostScript("touch /var/cutting; sleep 600"), Stop);
        await HostLab.EventuallyAsync(async () => await cut.SaysAsync("ls /var/cutting 2>/dev/null") != "", "the script started");
        await cut.CutNetworkAsync(Stop);
        try
        {
            var fault = await Assert.ThrowsAsync<HostShellException>(() => running.WaitAsync(TimeSpan.FromSeconds(60), Stop));
            Assert.Equal(ErrorIds.SshConnectionLost, fault.ErrorId);
        }
        finally
        {
            await cut.RestoreNetworkAsync(Stop);
        }
    }

    [Fact]
    public async Task A_full_disk_is_told_apart_and_leaves_the_old_file_and_nothing_else()
    {
        await Host.SaysAsync("mkdir -p /mnt/small && mount -t tmpfs -o size=1m small /mnt/small && echo old > /mnt/small/file");
        await using var shell = HostShell.OpenSsh(Root);
        var fault = await Assert.ThrowsAsync<HostShellException>(
            () => shell.WriteFileAsync("/mnt/small/file", new MemoryStream(new byte[30 << 20]), HostFileAccess.Private, Stop));
        Assert.Equal(ErrorIds.HostDiskFull, fault.ErrorId);
        Assert.Equal("old file", await Host.SaysAsync("echo $(cat /mnt/small/file) $(ls -A /mnt/small)"));
    }

    [Fact]
    public async Task A_connection_goes_through_the_host_and_a_refusal_says_so()
    {
        await using var shell = HostShell.OpenSsh(Root);
        await using (var stream = await shell.DialAsync("127.0.0.1", 22, Stop))
        {
            var buffer = new byte[7];
            await stream.ReadExactlyAsync(buffer, Stop);
            Assert.Equal("SSH-2.0", Encoding.ASCII.GetString(buffer));
        }

        await using var refused = await shell.DialAsync("127.0.0.1", 9, Stop);
        var failure = await Assert.ThrowsAsync<IOException>(async () => await refused.ReadAtLeastAsync(new byte[1], 1, cancellationToken: Stop));
        Assert.Equal(ErrorIds.SshForwardFailed, Assert.IsType<HostShellException>(failure.InnerException).ErrorId);
    }

    [Fact]
    public async Task A_refused_port_behind_the_host_is_not_taken_for_a_server_without_tls()
    {
        await using var shell = HostShell.OpenSsh(Root);
        var connector = new SecureConnector("etcd", tls: null, verify: true, shell.DialAsync, TimeSpan.FromSeconds(20), TimeProvider.System);
        var fault = await Assert.ThrowsAsync<ConnectionException>(
            () => connector.ConnectAsync("127.0.0.1", 9, SslApplicationProtocol.Http2, Stop).AsTask());
        Assert.Equal(ErrorIds.SshForwardFailed, fault.ErrorId);
        Assert.Contains("opened no connection to 127.0.0.1:9", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_a_shell_is_told_apart()
    {
        await Host.AddUserAsync("shut", Stop, shell: "/usr/sbin/nologin");
        Assert.Equal(ErrorIds.SshShellRefused, await FailAsync(Hosts.Connection(Host, "shut")));
    }

    // A reload returns before it is done, a restart when sshd says that it listens; sessions live on.
    private async Task ReloadSshAsync() => await Host.SaysAsync("systemctl reset-failed ssh; systemctl restart ssh");

    private static async Task<string> RunAsync(HostConnection connection)
    {
        await using var shell = HostShell.OpenSsh(connection);
        return (await shell.RunAsync(WhoAmI, Stop)).Text;
    }

    private static async Task<string> FailAsync(HostConnection connection)
    {
        var fault = await Assert.ThrowsAsync<HostShellException>(() => RunAsync(connection));
        Assert.Equal(HostScriptState.NotStarted, fault.ScriptState);
        return fault.ErrorId;
    }

    private static Dictionary<string, string> NoKeys(HostConnection connection) =>
        new(connection.SshOption) { ["PubkeyAuthentication"] = "no" };

    private static System.Security.SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public PracticeHosts Hosts { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Hosts = await PracticeHosts.StartAsync(["s1", "s2"], CancellationToken.None);

        public ValueTask DisposeAsync() => Hosts.DisposeAsync();
    }
}
