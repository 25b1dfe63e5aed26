using Renci.SshNet;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>One login to a host by SSH.NET, for all channels of an operation.</summary>
internal sealed class SshNetConnection : IAsyncDisposable
{
    private readonly SshClient _client;
    private readonly SshChannels _channels;
    private readonly SshNetLogin _login;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;
    private volatile int _unanswered;

    private SshNetConnection(SshClient client, SshNetLogin login, TimeProvider time)
    {
        (_client, _login) = (client, login);
        var session = SshNetInternals.SessionOf(client);
        _channels = new SshChannels(session);
        session.RequestSuccessReceived += (_, _) => _unanswered = 0;
        session.RequestFailureReceived += (_, _) => _unanswered = 0;
        _watching = login.AliveInterval > TimeSpan.Zero && login.AliveCount > 0 ? WatchAsync(time) : Task.CompletedTask;
    }

    /// <summary>True while the connection stands, as far as is known.</summary>
    public bool IsAlive => _channels.AreAlive;

    /// <summary>Logs in.</summary>
    /// <param name="connection">The host, for messages and credentials.</param>
    /// <param name="login">Where, and with what.</param>
    /// <param name="time">The clock by which the host is asked whether it is there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HostShellException">It could not be entered, or is not the host that it should be.</exception>
    public static async Task<SshNetConnection> ConnectAsync(
        HostConnection connection, SshNetLogin login, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = new HostKeyCheck(connection, login);
        using var credentials = new SshNetCredentials(connection, login);
        var info = new ConnectionInfo(login.Address, login.Port, login.UserName, credentials.Methods) { Timeout = login.ConnectTimeout };
        check.Prefer(info);
        var client = new SshClient(info);
        if (login.AliveInterval > TimeSpan.Zero) client.KeepAliveInterval = login.AliveInterval;
        check.Watch(client);
        try
        {
            // Parts of the library's login block, so it gets a thread of the pool, and a cancelled caller does not wait for it.
            var connecting = Task.Run(() => client.ConnectAsync(cancellationToken), cancellationToken);
            await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new SshNetConnection(client, login, time);
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw check.Fault ?? SshNetFault.OfLogin(connection, credentials, e);
        }
    }

    /// <inheritdoc cref="SshChannels.OpenAsync"/>
    public Task<SshChannel> OpenAsync(ChannelOpenInfo info, Func<Exception, Exception>? explain, CancellationToken cancellationToken) =>
        _channels.OpenAsync(info, explain, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // It says farewell to the host, which blocks where the network is cut.
        await Task.Run(_client.Dispose).ConfigureAwait(false);
        _over.Dispose();
    }

    // A host whose network is cut closes nothing, and what is sent to it waits in the kernel for a quarter of an hour. So the library asks it
    // at each interval, and this counts the answers.
    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(_login.AliveInterval, time);
        while (await timer.WaitForNextTickAsync(_over.Token).ConfigureAwait(false) && IsAlive)
        {
            if (Interlocked.Increment(ref _unanswered) > _login.AliveCount)
            {
                _channels.Lose(new IOException($"the host did not answer for {_login.AliveInterval * _login.AliveCount}"));
                // Whoever still waits for the network to take something waits no longer.
                _ = Task.Run(_client.Dispose, CancellationToken.None);
                return;
            }
        }
    }
}
