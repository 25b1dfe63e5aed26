using System.Net;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>How often a host is tried, and how often it is given a password: a program in ssh's place counts both.</summary>
public sealed class OpenSshRetryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_hangs_up_is_tried_five_times_in_all()
    {
        await using var shell = Shell("echo 'Connection reset by 10.0.0.1 port 22' >&2; exit 255", password: null);
        Assert.Equal(ErrorIds.SshBusy, await FailAsync(shell));
        Assert.Equal(5, Count("calls"));
    }

    [Theory]
    [InlineData("Connection closed by 10.0.0.1 port 22")]
    [InlineData("admin@kubem00: Permission denied (password).")]
    public async Task A_host_that_took_the_password_and_let_nobody_in_is_not_given_it_again(string said)
    {
        await using var shell = Shell($"\"$SSH_ASKPASS\" 'Password: ' >> \"${{0%/*}}/given\"; echo '{said}' >&2; exit 255", "c0rrect");
        var first = await FailAsync(shell);
        Assert.Equal(first, await FailAsync(shell));
        Assert.Equal("c0rrect\n", await File.ReadAllTextAsync(_folder.File("given"), Stop));
        Assert.Equal(1, Count("calls"));
    }

    public void Dispose() => _folder.Dispose();

    private OpenSshShell Shell(string script, string? password)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("A shell script is no program on Windows.");
        var ssh = _folder.File("ssh");
        File.WriteAllText(ssh, $"#!/bin/sh\necho call >> \"${{0%/*}}/calls\"\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var connection = new HostConnection
        {
            HostName = "kubem00",
            UserName = "admin",
            LoginPassword = password is null ? null : new NetworkCredential("", password).SecurePassword,
        };
        return new OpenSshShell(connection, ssh, share: true, new HastyTime());
    }

    private static async Task<string> FailAsync(OpenSshShell shell)
    {
        var script = new HostScript("true") { Timeout = TimeSpan.FromHours(10) };
        return (await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(script, Stop))).ErrorId;
    }

    private int Count(string file) => File.ReadAllLines(_folder.File(file)).Length;

    /// <summary>A clock whose waits are a hundredth as long, so that pauses are kept and cost nothing.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
