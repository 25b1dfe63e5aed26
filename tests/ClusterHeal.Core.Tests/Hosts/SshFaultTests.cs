using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>The words of OpenSSH and sudo, as they print them in the C locale.</summary>
public sealed class SshFaultTests
{
    private static readonly HostConnection Host = new() { HostName = "kubem00", UserName = "admin" };

    [Theory]
    [InlineData(ErrorIds.SshHostKeyChanged, "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.")]
    [InlineData(ErrorIds.SshHostKeyUnknown, "No ED25519 host key is known for kubem00 and you have requested strict checking.\nHost key verification failed.")]
    [InlineData(ErrorIds.SshAuthenticationFailed, "admin@kubem00: Permission denied (publickey,password).")]
    [InlineData(ErrorIds.SshAuthenticationFailed, "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures")]
    [InlineData(ErrorIds.SshRefused, "ssh: connect to host kubem00 port 22: Connection refused")]
    [InlineData(ErrorIds.SshTimeout, "ssh: connect to host kubem00 port 22: Connection timed out")]
    [InlineData(ErrorIds.SshTimeout, "Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out")]
    [InlineData(ErrorIds.SshUnreachable, "ssh: Could not resolve hostname kubem00: Name or service not known")]
    [InlineData(ErrorIds.SshUnreachable, "ssh: connect to host kubem00 port 22: No route to host")]
    [InlineData(ErrorIds.SshBusy, "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.1 port 22")]
    [InlineData(ErrorIds.SudoPasswordRequired, "sudo: a password is required")]
    [InlineData(ErrorIds.SudoTerminalRequired, "sudo: sorry, you must have a tty to run sudo")]
    [InlineData(ErrorIds.SudoRefused, "admin is not in the sudoers file.")]
    [InlineData(ErrorIds.SudoRefused, "Sorry, user admin is not allowed to execute '/usr/bin/sh -c x' as root on kubem00.")]
    [InlineData(ErrorIds.HostCommandNotFound, "env: 'sudo': No such file or directory")]
    public void A_known_failure_gets_its_own_id_and_says_that_nothing_was_run(string id, string said)
    {
        var fault = SshFault.BeforeStart(Host, said, "", new CommandEnd(255));
        Assert.Equal(id, fault.ErrorId);
        Assert.Contains("admin@kubem00", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was run", fault.Message, StringComparison.Ordinal);
        Assert.Equal(HostScriptState.NotStarted, fault.ScriptState);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public void A_login_without_a_shell_shows_what_came_instead()
    {
        var fault = SshFault.BeforeStart(Host, "", "This account is currently not available.\n", new CommandEnd(1));
        Assert.Equal(ErrorIds.SshShellRefused, fault.ErrorId);
        Assert.Contains("currently not available", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_lost_after_the_start_says_that_the_outcome_is_unknown()
    {
        var fault = SshFault.AfterStart(Host, "stop etcd.service", "client_loop: send disconnect: Broken pipe", new CommandEnd(255));
        Assert.Equal(ErrorIds.SshConnectionLost, fault.ErrorId);
        Assert.Equal(HostScriptState.Unknown, fault.ScriptState);
        Assert.Contains("stop etcd.service", fault.Message, StringComparison.Ordinal);
    }
}
