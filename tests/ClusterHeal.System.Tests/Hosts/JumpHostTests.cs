using System.Net;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// A password for a host behind a jump host. Both have a real sshd whose PAM writes down each password that it is given, whichever method asked.
/// </summary>
public sealed class JumpHostTests(JumpHostTests.Fixture fixture) : IClassFixture<JumpHostTests.Fixture>
{
    private const string User = "admin";
    private const string Password = "t4rget's w0rd";
    private const string Log = "/var/log/given";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHost Jump => fixture.Hosts["j1"];

    private PracticeHost Target => fixture.Hosts["t1"];

    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    public async Task The_target_is_given_its_password_once_and_a_jump_host_that_asks_for_none_is_given_none(string method)
    {
        await ClearAsync();
        await using var shell = HostLab.Shells.Open(Behind("-l root", method, Password));
        var said = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shell.RunAsync(new HostScript("id -un; hostname"), Stop)));
        Assert.All(said, result => Assert.Equal($"{User}\n{Target.Name}\n", result.Text));
        await using (var stream = await shell.DialAsync("127.0.0.1", 22, Stop)) await stream.ReadExactlyAsync(new byte[7], Stop);
        Assert.Equal($"{User} {Password}", await GivenAsync(Target));
        Assert.Equal("", await GivenAsync(Jump));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    public async Task A_jump_host_that_asks_for_a_password_does_not_get_that_of_the_target(string method)
    {
        if (method != "password") LongTests.SkipUnlessWanted();
        await ClearAsync();
        // The user has one name on both hosts, so the prompts of the two differ by the host alone.
        var asking = $"-l {User} -o BatchMode=no -o PubkeyAuthentication=no -o PreferredAuthentications={method}";
        await using var shell = HostLab.Shells.Open(Behind(asking, method, Password));
        await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript("true"), Stop));
        await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript("true"), Stop));
        Assert.DoesNotContain(Password, await GivenAsync(Jump), StringComparison.Ordinal);
        Assert.Equal("", await GivenAsync(Target));
        // The jump host did ask: it has seen a login of this user that ended without one.
        Assert.NotEqual("", await Jump.SaysAsync($"journalctl -u ssh --since -5min | grep -E '(authenticating user|assword for) {User} '"));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    public async Task A_wrong_password_is_given_to_the_target_once_however_often_it_is_needed(string method)
    {
        await ClearAsync();
        await using var shell = HostLab.Shells.Open(Behind("-l root", method, "wr0ng"));
        foreach (var _ in new[] { 1, 2, 3 })
        {
            var fault = await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript("true"), Stop));
            Assert.Equal(ErrorIds.SshAuthenticationFailed, fault.ErrorId);
        }

        Assert.Equal($"{User} wr0ng", await GivenAsync(Target));
        Assert.Equal("", await GivenAsync(Jump));
    }

    private async Task ClearAsync()
    {
        foreach (var host in fixture.Hosts.Hosts) await host.SaysAsync($"rm -f {Log}");
    }

    private static async Task<string> GivenAsync(PracticeHost host) => await host.SaysAsync($"cat {Log} 2>/dev/null");

    // The ssh of a ProxyJump takes the user's ssh_config alone. This is what it runs, with a configuration of the test in that place.
    private HostConnection Behind(string jumpOptions, string method, string password)
    {
        var connection = fixture.Hosts.Connection(Target, User);
        return connection with
        {
            KeyFilePath = null,
            LoginPassword = new NetworkCredential("", password).SecurePassword,
            SshOption = new Dictionary<string, string>(connection.SshOption)
            {
                ["ProxyCommand"] = $"ssh -F {fixture.Hosts.SshConfigFile} {jumpOptions} -W %h:%p {Jump.Name}",
                ["PubkeyAuthentication"] = "no",
                ["PreferredAuthentications"] = method,
            },
        };
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public PracticeHosts Hosts { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Hosts = await PracticeHosts.StartAsync(["j1", "t1"], CancellationToken.None);
            foreach (var host in Hosts.Hosts)
            {
                await host.AddUserAsync(User, CancellationToken.None, password: host.Name == "t1" ? Password : "jump's w0rd");
                host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\nKbdInteractiveAuthentication yes\n");
                // pam_exec(8) hands over the password with a zero byte at its end.
                host.Disk.WriteExecutable("/usr/local/sbin/note-password", $"#!/bin/sh\nprintf '%s %s\\n' \"$PAM_USER\" \"$(tr -d '\\0')\" >> {Log}\n");
                const string Watch = "auth optional pam_exec.so quiet expose_authtok /usr/local/sbin/note-password";
                (await host.RunAsync(CancellationToken.None, "/bin/sh", "-c", $"sed -i '1i {Watch}' /etc/pam.d/sshd && systemctl restart ssh")).Expect();
            }
        }

        public ValueTask DisposeAsync() => Hosts.DisposeAsync();
    }
}
