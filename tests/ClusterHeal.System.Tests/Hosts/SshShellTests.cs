using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>Both transports against a real sshd: every way in, and every way in which it fails.</summary>
public sealed partial class SshShellTests(SshShellTests.Fixture fixture) : IClassFixture<SshShellTests.Fixture>
{
    private static readonly HostScript WhoAmI = new("id -un");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHosts Hosts => fixture.Hosts;

    private PracticeHost Host => fixture.Hosts["s1"];

    private HostConnection Root => Hosts.Connection(Host);

    [Theory]
    [InlineData(SshTransport.OpenSsh, "plain", "/bin/bash")]
    [InlineData(SshTransport.SshNet, "plain", "/bin/bash")]
    [InlineData(SshTransport.OpenSsh, "dashed", "/bin/dash")]
    [InlineData(SshTransport.SshNet, "dashed", "/bin/dash")]
    [InlineData(SshTransport.OpenSsh, "noisy", "/bin/bash")]
    [InlineData(SshTransport.SshNet, "noisy", "/bin/bash")]
    public async Task A_login_shell_of_any_kind_with_any_noise_gives_clean_output(SshTransport transport, string user, string shell)
    {
        var isNoisy = user == "noisy";
        user = For(transport, user);
        await Host.AddUserAsync(user, Stop, shell: shell);
        if (isNoisy)
        {
            await Host.SaysAsync($"printf 'echo NOISE; echo NOISE >&2; printf unfinished; stty -a\\n' | tee /home/{user}/.bashrc > /home/{user}/.profile");
            Host.Disk.Write("/etc/issue.net", "BANNER\n");
            Host.Disk.Write("/etc/ssh/sshd_config.d/banner.conf", "Banner /etc/issue.net\n");
            await ReloadSshAsync();
        }

        await using var shell1 = Shell(Hosts.Connection(Host, user), transport);
        var result = await shell1.RunAsync(new HostScript("id -un; echo err >&2; exit 3"), Stop);
        Assert.Equal((3, user + "\n", "err\n"), (result.ExitCode, result.Text, result.Error));
        var answer = RandomNumberGenerator.GetBytes(100_000);
        await shell1.WriteFileAsync($"/tmp/{user}", new MemoryStream(answer), HostFileAccess.Private, Stop);
        using var back = new MemoryStream();
        await shell1.ReadFileAsync($"/tmp/{user}", back, Stop);
        Assert.Equal(answer, back.ToArray());
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Password_login_works_and_a_wrong_password_is_told_apart(SshTransport transport)
    {
        var passy = For(transport, "passy");
        await Host.AddUserAsync(passy, Stop, password: "c0rrect horse'$(x)");
        Host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\n");
        await ReloadSshAsync();
        var connection = Hosts.Connection(Host, passy) with { KeyFilePath = null, SshOption = transport == SshTransport.OpenSsh ? NoKeys(Root) : Root.SshOption };
        await using (var shell = Shell(connection with { LoginPassword = Secure("c0rrect horse'$(x)") }, transport))
        {
            Assert.Equal(passy + "\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
            Assert.Equal(passy + "\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
        }

        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(connection with { LoginPassword = Secure("wrong") }, transport));
        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(connection, transport));
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Sudo_works_without_and_with_a_password_and_its_refusals_are_told_apart(SshTransport transport)
    {
        string freely = For(transport, "free"), askedly = For(transport, "asked"), nobody = For(transport, "nobody"), ttyless = For(transport, "ttyless");
        await Host.AddUserAsync(freely, Stop, sudoers: "ALL=(ALL) NOPASSWD: ALL");
        await Host.AddUserAsync(askedly, Stop, password: "s3cret $(x)'", sudoers: "ALL=(ALL) ALL");
        await Host.AddUserAsync(nobody, Stop, password: "s3cret");
        await Host.AddUserAsync(ttyless, Stop, sudoers: $"ALL=(ALL) NOPASSWD: ALL\nDefaults:{ttyless} requiretty");
        var free = Hosts.Connection(Host, freely) with { Sudo = true };
        var asked = Hosts.Connection(Host, askedly) with { Sudo = true };

        Assert.Equal("root\n", await RunAsync(free, transport));
        // sudo does not ask for it, so it must not be taken for a part of the script.
        Assert.Equal("root\n", await RunAsync(free with { SudoPassword = Secure("touch /HURT") }, transport));
        Assert.Equal("root\n", await RunAsync(asked with { SudoPassword = Secure("s3cret $(x)'") }, transport));
        Assert.Equal(ErrorIds.SudoPasswordRequired, await FailAsync(asked, transport));
        Assert.Equal(ErrorIds.SudoPasswordWrong, await FailAsync(asked with { SudoPassword = Secure("wrong") }, transport));
        Assert.Equal(ErrorIds.SudoRefused, await FailAsync(Hosts.Connection(Host, nobody) with { Sudo = true, SudoPassword = Secure("s3cret") }, transport));
        Assert.Equal(ErrorIds.SudoTerminalRequired, await FailAsync(Hosts.Connection(Host, ttyless) with { Sudo = true }, transport));
        Assert.Equal("", await Host.SaysAsync("ls /HURT 2>/dev/null"));
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Host_keys_are_checked(SshTransport transport)
    {
        var empty = Path.Combine(Hosts.Folder, "known_none");
        await File.WriteAllTextAsync(empty, "", Stop);
        Assert.Equal(ErrorIds.SshHostKeyUnknown, await FailAsync(WithKnownHosts(empty), transport));
        var other = Path.Combine(Hosts.Folder, "known_other");
        await File.WriteAllTextAsync(other, Hosts["s2"].KnownHostsLine.Replace(Hosts["s2"].Address, Host.Address, StringComparison.Ordinal), Stop);
        Assert.Equal(ErrorIds.SshHostKeyChanged, await FailAsync(WithKnownHosts(other), transport));

        HostConnection WithKnownHosts(string file) =>
            Root with { SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = file, ["GlobalKnownHostsFile"] = "/dev/null" } };
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task No_host_no_port_no_name_no_key_are_told_apart(SshTransport transport)
    {
        Assert.Equal(ErrorIds.SshRefused, await FailAsync(Root with { Port = 1 }, transport));
        Assert.Equal(ErrorIds.SshUnreachable, await FailAsync(Root with { HostName = "no-such-host.invalid" }, transport));
        Assert.Equal(ErrorIds.SshAuthenticationFailed, await FailAsync(Root with { UserName = "nobody-here" }, transport));
        var cut = Hosts["s2"];
        await cut.CutNetworkAsync(Stop);
        try
        {
            Assert.Contains(
                await FailAsync(Hosts.Connection(cut) with { ConnectTimeout = TimeSpan.FromSeconds(2) }, transport),
                new[] { ErrorIds.SshTimeout, ErrorIds.SshUnreachable });
        }
        finally
        {
            await cut.RestoreNetworkAsync(Stop);
        }
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_user_without_a_shell_is_told_apart(SshTransport transport)
    {
        var shut = For(transport, "shut");
        await Host.AddUserAsync(shut, Stop, shell: "/usr/sbin/nologin");
        Assert.Equal(ErrorIds.SshShellRefused, await FailAsync(Hosts.Connection(Host, shut), transport));
    }

    // A reload returns before it is done, a restart when sshd says that it listens; sessions live on.
    private async Task ReloadSshAsync() => await Host.SaysAsync("systemctl reset-failed ssh; systemctl restart ssh");

    private static IHostShell Shell(HostConnection connection, SshTransport transport) =>
        HostLab.Shells.Open(connection with { SshTransport = transport });

    // Each transport has users of its own.
    private static string For(SshTransport transport, string user) => user + (transport == SshTransport.OpenSsh ? "o" : "n");

    private static async Task<string> RunAsync(HostConnection connection, SshTransport transport)
    {
        await using var shell = Shell(connection, transport);
        return (await shell.RunAsync(WhoAmI, Stop)).Text;
    }

    private static async Task<string> FailAsync(HostConnection connection, SshTransport transport)
    {
        var fault = await Assert.ThrowsAsync<HostShellException>(() => RunAsync(connection, transport));
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
