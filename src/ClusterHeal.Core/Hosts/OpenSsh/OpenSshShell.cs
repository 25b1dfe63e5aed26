using System.Diagnostics;

namespace ClusterHeal.Hosts;

/// <summary>
/// A shell on a host by the system's own <c>ssh</c>, so that the user's <c>ssh_config</c>, keys, agent, jump hosts and known_hosts are
/// those that work by hand. On Unix all sessions share one connection; Windows' ssh cannot, so there each is a connection of its own.
/// </summary>
internal sealed class OpenSshShell : ProcessShell
{
    private static readonly TimeSpan[] BusyPauses = [.. new[] { 0.5, 1.5, 4, 8 }.Select(TimeSpan.FromSeconds)];
    private readonly string _ssh;
    private readonly bool _share;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private PrivateFolder? _folder;
    private SshMaster? _master;
    private HostShellException? _refusal;

    /// <summary>Prepares the shell; nothing is started before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="ssh">The program, from <see cref="SshProgram.Find"/>.</param>
    /// <param name="share">True to make one connection for all sessions, where the platform can; false where there will be one session.</param>
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
        var start = Piped(_ssh, SshArguments.ForTunnel(Connection, ControlPath, host, port));
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
    protected override ProcessStartInfo StartInfo(string command) => Piped(_ssh, SshArguments.ForCommand(Connection, ControlPath, command));

    /// <inheritdoc/>
    protected override async Task<ScriptSession> OpenAsync(ScriptText text, CancellationToken cancellationToken)
    {
        // The shared connection has tries of its own, which must not be multiplied by those of the session.
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await WhileBusyAsync(() => base.OpenAsync(text, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private HostShellException NoPasswordOnWindows() => new(
        ErrorIds.SshAuthenticationFailed,
        FaultCategory.NotSupported,
        $"{Connection}: the ssh of Windows cannot be given a password by a program. Nothing was run there.",
        HostName,
        "Use a key (-KeyFilePath) or the agent (ssh-add).");

    private async ValueTask ConnectAsync(CancellationToken cancellationToken)
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
            _master = Connection.LoginPassword is null
                ? await WhileBusyAsync(() => SshMaster.ConnectAsync(MasterStart(), Connection, null, cancellationToken), cancellationToken).ConfigureAwait(false)
                : await WhileBusyAsync(() => LogInByPasswordAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private ProcessStartInfo MasterStart() => Piped(_ssh, SshArguments.ForCommand(Connection, ControlPath, SshMaster.Command, isMaster: true));

    private async Task<SshMaster> LogInByPasswordAsync(CancellationToken cancellationToken)
    {
        var start = MasterStart();
        var password = await AskPass.PrepareAsync(_folder!.Path, Connection, start, cancellationToken).ConfigureAwait(false);
        await using (password.ConfigureAwait(false))
        {
            try
            {
                return await SshMaster.ConnectAsync(start, Connection, password, cancellationToken).ConfigureAwait(false);
            }
            catch (HostShellException e) when (password.IsGiven)
            {
                // The host has it and did not let us in: to give it again would count towards a ban, or a lock of the account.
                _refusal = e;
                throw;
            }
        }
    }

    // sshd hangs up on a share of the logins when too many come at once (MaxStartups). Nothing was run then, so another try is safe.
    private async Task<T> WhileBusyAsync<T>(Func<Task<T>> tryAsync, CancellationToken cancellationToken)
    {
        foreach (var pause in BusyPauses)
        {
            try
            {
                return await tryAsync().ConfigureAwait(false);
            }
            catch (HostShellException e) when (e.ErrorId == ErrorIds.SshBusy && _refusal is null)
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), Time, cancellationToken).ConfigureAwait(false);
            }
        }

        return await tryAsync().ConfigureAwait(false);
    }
}
