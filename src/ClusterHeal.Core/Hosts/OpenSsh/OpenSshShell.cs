using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// A shell on a host through the system's own <c>ssh</c>, so that it uses the same <c>ssh_config</c>, keys, agent, jump hosts and known_hosts as the
/// user does by hand. On Unix all sessions share one connection. Windows' ssh cannot do that, so there each session has its own connection.
/// </summary>
internal sealed class OpenSshShell : ScriptShell
{
    private readonly string _ssh;
    private readonly bool _share;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private PrivateFolder? _folder;
    private SshMaster? _master;
    private HostShellException? _refusal;

    /// <summary>Prepares the shell; nothing is started before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="ssh">The program, from <see cref="SshProgram.FindOrNull"/>.</param>
    /// <param name="share">True to use one connection for all sessions, if the platform can; false if there will be one session.</param>
    /// <param name="time">The clock of all deadlines.</param>
    public OpenSshShell(HostConnection connection, string ssh, bool share, TimeProvider time)
        : base(connection, time)
    {
        _ssh = ssh;
        // A password is given once, to the connection that all sessions share.
        _share = (share || connection.LoginPassword is not null) && !OperatingSystem.IsWindows();
        _ = SshArguments.For(connection, null);
        if (connection.LoginPassword is not null && OperatingSystem.IsWindows()) throw NoPasswordOnWindows();
    }

    private string? ControlPath => _folder is null ? null : Path.Combine(_folder.Path, "m");

    /// <inheritdoc/>
    public override async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var start = ProgramStart.Piped(_ssh, SshArguments.ForTunnel(Connection, ControlPath, host, port));
        return new SshTunnel(Process.Start(start)!, Connection, $"{host}:{port}");
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_master is not null) await _master.DisposeAsync().ConfigureAwait(false);
        if (_folder is not null) await _folder.DisposeAsync().ConfigureAwait(false);
        _folder = null;
        _connecting.Dispose();
    }

    /// <inheritdoc/>
    protected override ValueTask<IScriptChannel> StartAsync(string command, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IScriptChannel>(new ProcessChannel(ProgramStart.Piped(_ssh, SshArguments.ForCommand(Connection, ControlPath, command))));

    private HostShellException NoPasswordOnWindows() => new(
        ErrorIds.SshAuthenticationFailed,
        FaultCategory.NotSupported,
        $"{Connection}: the ssh of Windows cannot be given a password by a program. Nothing was run there.",
        HostName,
        "Use a key (-KeyFilePath) or the agent (ssh-add).");

    /// <inheritdoc/>
    protected override async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        if (!_share || _master is { IsAlive: true }) return;
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_master is { IsAlive: true }) return;
            if (_refusal is not null) throw _refusal;
            if (_master is not null) await _master.DisposeAsync().ConfigureAwait(false);
            _master = null;
            _folder ??= PrivateFolder.Create();
            _master = await BusyHost.RetryAsync(() => LogInAsync(cancellationToken), Time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<SshMaster> LogInAsync(CancellationToken cancellationToken)
    {
        var start = ProgramStart.Piped(_ssh, SshArguments.ForCommand(Connection, ControlPath, SshMaster.Command, isMaster: true));
        if (Connection.LoginPassword is null) return await SshMaster.ConnectAsync(start, Connection, null, cancellationToken).ConfigureAwait(false);
        var password = await AskPass.PrepareAsync(_folder!.Path, Connection, start, cancellationToken).ConfigureAwait(false);
        await using (password.ConfigureAwait(false))
        {
            try
            {
                return await SshMaster.ConnectAsync(start, Connection, password, cancellationToken).ConfigureAwait(false);
            }
            catch (HostShellException e) when (password.IsGiven)
            {
                // The host got the password and refused the login. To send it again would count towards a ban, or a lock of the account.
                throw _refusal = SshFault.AfterPassword(e);
            }
        }
    }
}
