namespace ClusterHeal.Hosts;

/// <summary>
/// A shell on a host by SSH.NET, in this process: one login for all scripts, files and connections of an operation, without a program
/// <c>ssh</c>. See docs/design/0013-two-ssh-transports.md.
/// </summary>
internal sealed class SshNetShell : ScriptShell
{
    private readonly SshNetLogin _login;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private SshNetConnection? _connection;
    private HostShellException? _refusal;

    /// <summary>Prepares the shell; nothing is connected before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="login">Where to, and with what.</param>
    /// <param name="time">The clock of all deadlines.</param>
    public SshNetShell(HostConnection connection, SshNetLogin login, TimeProvider time)
        : base(connection, time) => _login = login;

    /// <inheritdoc/>
    public override async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await _connection!.OpenAsync(new TcpChannel(host, port), Explain, cancellationToken).ConfigureAwait(false);
            return channel.AsConnection();
        }
        catch (Exception e) when (e is ChannelRefusedException or IOException)
        {
            // As with ssh, whose tunnel reports it to the first reader.
            var fault = Explain(e);
            throw new IOException(fault.Message, fault);
        }

        HostShellException Explain(Exception cause) => SshFault.Tunnel(Connection, $"{host}:{port}", cause.Message);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
        _connecting.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsAlive: true }) return;
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { IsAlive: true }) return;
            if (_refusal is not null) throw _refusal;
            if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
            _connection = null;
            _connection = await BusyHost.RetryAsync(
                () => SshNetConnection.ConnectAsync(Connection, _login, Time, cancellationToken), Time, cancellationToken).ConfigureAwait(false);
        }
        catch (HostShellException e) when (e.ErrorId == ErrorIds.SshAuthenticationFailed)
        {
            // What was refused now will be refused the next time, and each try counts towards a ban, or a lock of the account.
            _refusal = e;
            throw;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<IScriptChannel> StartAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            var channel = await _connection!.OpenAsync(new SessionChannel(), explain: null, cancellationToken).ConfigureAwait(false);
            await channel.ExecuteAsync(command).WaitAsync(cancellationToken).ConfigureAwait(false);
            return channel;
        }
        catch (ChannelRefusedException e)
        {
            throw new HostShellException(
                ErrorIds.SshBusy,
                FaultCategory.NotReady,
                $"{Connection}: it opens no further session ({e.Message}). Nothing was run there.",
                HostName,
                "Its sshd may allow few at once (MaxSessions), or forbid commands to this user.",
                e);
        }
        catch (IOException e)
        {
            throw SshFault.BeforeStart(Connection, "", "", new CommandEnd(null, null, e.Message));
        }
    }
}
