using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <content>How a script ends that does not come to its end.</content>
public sealed partial class SshShellTests
{
    [Theory]
    [InlineData(SshTransport.OpenSsh, false)]
    [InlineData(SshTransport.OpenSsh, true)]
    [InlineData(SshTransport.SshNet, false)]
    [InlineData(SshTransport.SshNet, true)]
    public async Task A_cancelled_script_ends_on_the_host_with_all_that_it_started(SshTransport transport, bool sudo)
    {
        var user = For(transport, sudo ? "ender" : "endless");
        await Host.AddUserAsync(user, Stop, password: "s3cret", sudoers: "ALL=(ALL) ALL");
        await using var shell = Shell(Hosts.Connection(Host, user) with { Sudo = sudo, SudoPassword = sudo ? Secure("s3cret") : null }, transport);
        using var userStop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var mark = $"60{(int)transport}{(sudo ? 1 : 2)}";
        var running = shell.RunAsync(new HostScript($"trap 'echo > /tmp/cleaned{mark}' EXIT; trap 'exit 41' TERM; sleep {mark} & sleep {mark}0; :"), userStop.Token);
        await HostLab.EventuallyAsync(async () => await SleepersAsync() == "2", "the script started");
        await userStop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await HostLab.EventuallyAsync(async () => await SleepersAsync() == "0", "nothing of the script is left", seconds: 5);
        Assert.NotEqual("", await Host.SaysAsync($"ls /tmp/cleaned{mark}"));
        // The connection is as good as before.
        Assert.Equal(sudo ? "root\n" : user + "\n", (await shell.RunAsync(WhoAmI, Stop)).Text);

        Task<string> SleepersAsync() => Host.SaysAsync($"ps -eo args= | grep -c '^sleep {mark}'");
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_script_that_takes_too_long_is_ended_and_the_error_says_so(SshTransport transport)
    {
        await using var shell = Shell(Root, transport);
        await shell.RunAsync(WhoAmI, Stop);
        var script = new HostScript("sleep 7777") { Timeout = TimeSpan.FromSeconds(3), Purpose = "sleep" };
        var fault = await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(script, Stop));
        Assert.Equal((ErrorIds.HostScriptTimeout, HostScriptState.Unknown), (fault.ErrorId, fault.ScriptState));
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ps -eo args= | grep -c '^sleep 7777'") == "0", "nothing of the script is left", seconds: 5);
    }

    [Theory]
    [InlineData("kill -KILL $$", "signal KILL")]
    [InlineData("kill -TERM $$", "signal TERM")]
    public async Task A_shell_that_is_killed_on_the_host_is_not_taken_for_a_lost_connection(string body, string said)
    {
        await using var shell = Shell(Root, SshTransport.SshNet);
        var fault = await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript(body + "; sleep 5") { Purpose = "die" }, Stop));
        Assert.Equal((ErrorIds.HostScriptKilled, HostScriptState.Unknown), (fault.ErrorId, fault.ScriptState));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }
}
