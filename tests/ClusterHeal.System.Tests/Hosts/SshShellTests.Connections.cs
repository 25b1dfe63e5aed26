using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <content>Connections: shared, limited, lost, and through the host.</content>
public sealed partial class SshShellTests
{
    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Sessions_share_one_connection_and_nothing_stays_behind(SshTransport transport)
    {
        await using (var shell = Shell(Root, transport))
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

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_limit_of_sessions_or_of_logins_holds_nothing_up(SshTransport transport)
    {
        Host.Disk.Write("/etc/ssh/sshd_config.d/limits.conf", "MaxSessions 2\nMaxStartups 2:100:2\n");
        await ReloadSshAsync();
        try
        {
            await using (var shell = Shell(Root, transport))
            {
                Assert.Equal("root\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
                var results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => shell.RunAsync(WhoAmI, Stop)));
                Assert.All(results, result => Assert.Equal("root\n", result.Text));
            }

            // Two who knock and say nothing are all that sshd bears: whoever comes then is turned away, and tries again.
            using var first = await KnockAsync();
            using var second = await KnockAsync();
            var turnedAway = await TurnedAwayAsync();
            var login = RunAsync(Root, transport);
            await HostLab.EventuallyAsync(async () => await TurnedAwayAsync() != turnedAway, "sshd turned the login away");
            first.Close();
            second.Close();
            Assert.Equal("root\n", await login);
        }
        finally
        {
            await Host.SaysAsync("rm /etc/ssh/sshd_config.d/limits.conf");
            await ReloadSshAsync();
        }

        Task<string> TurnedAwayAsync() => Host.SaysAsync("journalctl -u ssh | grep -ci MaxStartups");

        // sshd has taken the connection when it greets.
        async Task<TcpClient> KnockAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(Host.Address, 22, Stop);
            await client.GetStream().ReadExactlyAsync(new byte[7], Stop);
            return client;
        }
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_connection_lost_in_the_middle_says_that_the_outcome_is_unknown(SshTransport transport)
    {
        await using var shell = Shell(Root, transport);
        await shell.RunAsync(new HostScript("rm -f /var/started"), Stop);
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

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_silent_host_that_answers_when_it_is_asked_is_not_given_up(SshTransport transport)
    {
        var connection = Root with
        {
            SshOption = new Dictionary<string, string>(Root.SshOption) { ["ServerAliveInterval"] = "1", ["ServerAliveCountMax"] = "3" },
        };
        await using var shell = Shell(connection, transport);
        // Twice as long as a host that never answers is waited for.
        Assert.Equal("awake\n", (await shell.RunAsync(new HostScript("sleep 8; echo awake"), Stop)).Text);
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_network_cut_in_the_middle_ends_by_itself(SshTransport transport)
    {
        var cut = Hosts["s2"];
        var connection = Hosts.Connection(cut);
        connection = connection with
        {
            SshOption = new Dictionary<string, string>(connection.SshOption) { ["ServerAliveInterval"] = "1", ["ServerAliveCountMax"] = "2" },
        };
        await using var shell = Shell(connection, transport);
        await cut.SaysAsync("rm -f /var/cutting");
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

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_connection_goes_through_the_host_and_a_refusal_says_so(SshTransport transport)
    {
        await using var shell = Shell(Root, transport);
        await using (var stream = await shell.DialAsync("127.0.0.1", 22, Stop))
        {
            var buffer = new byte[7];
            await stream.ReadExactlyAsync(buffer, Stop);
            Assert.Equal("SSH-2.0", Encoding.ASCII.GetString(buffer));
        }

        // ssh says it to whoever reads, SSH.NET at once.
        var failure = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await using var refused = await shell.DialAsync("127.0.0.1", 9, Stop);
            await refused.ReadAtLeastAsync(new byte[1], 1, cancellationToken: Stop);
        });
        var fault = Assert.IsType<HostShellException>(failure.InnerException);
        Assert.Equal(ErrorIds.SshForwardFailed, fault.ErrorId);
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_refused_port_behind_the_host_is_not_taken_for_a_server_without_tls(SshTransport transport)
    {
        await using var shell = Shell(Root, transport);
        var connector = new SecureConnector("etcd", tls: null, verify: true, shell.DialAsync, TimeSpan.FromSeconds(20), TimeProvider.System);
        var fault = await Assert.ThrowsAsync<ConnectionException>(
            () => connector.ConnectAsync("127.0.0.1", 9, SslApplicationProtocol.Http2, Stop).AsTask());
        Assert.Equal(ErrorIds.SshForwardFailed, fault.ErrorId);
        Assert.Contains("opened no connection to 127.0.0.1:9", fault.Message, StringComparison.Ordinal);
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
}
