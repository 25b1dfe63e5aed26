using Renci.SshNet;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>One login to a host by SSH.NET, for all channels of an operation.</summary>
internal sealed class SshNetConnection : IAsyncDisposable
{
    private readonly SshClient _client;
    private readonly SshChannels _channels;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;

    private SshNetConnection(SshClient client, SshNetLogin login, TimeProvider time)
    {
        _client = client;
        var session = SshNetInternals.SessionOf(client);
        var keepAlive = new SshKeepAlive(login.AliveInterval, login.AliveCount, time, () => SshNetInternals.Send(session, SshMessages.AreYouThere()));
        _channels = new SshChannels(session, keepAlive.Hear);
        _watching = login.AliveInterval > TimeSpan.Zero && login.AliveCount > 0 ? WatchAsync(keepAlive, login) : Task.CompletedTask;
    }

    /// <summary>True while the connection is open, as far as is known.</summary>
    public bool IsAlive => _channels.AreAlive;

    /// <summary>Logs in.</summary>
    /// <param name="connection">The host, for messages and credentials.</param>
    /// <param name="login">Where to, and with what.</param>
    /// <param name="time">The clock for asking whether the host is still there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HostShellException">The login failed, or the host is not the expected one.</exception>
    public static async Task<SshNetConnection> ConnectAsync(
        HostConnection connection, SshNetLogin login, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = new HostKeyCheck(connection, login);
        using var credentials = new SshNetCredentials(connection, login);
        var info = new ConnectionInfo(login.Address, login.Port, login.UserName, credentials.Methods) { Timeout = login.ConnectTimeout };
        check.Prefer(info);
        var client = new SshClient(info);
        check.Watch(client);
        try
        {
            // Parts of the library's login block. So it gets a thread of the pool, and a cancelled caller does not wait for it.
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
        // It sends a last message to the host, which blocks if the network is cut.
        await Task.Run(_client.Dispose).ConfigureAwait(false);
        _over.Dispose();
    }

    // A host whose network is cut closes nothing, and what is sent to it waits in the kernel for a quarter of an hour. The library's own
    // KeepAliveInterval does not help: it sends SSH_MSG_IGNORE, which no host answers.
    private async Task WatchAsync(SshKeepAlive keepAlive, SshNetLogin login)
    {
        await keepAlive.WatchAsync(_over.Token).ConfigureAwait(false);
        _channels.Lose(new IOException($"the host did not answer for {login.AliveInterval * login.AliveCount}"));
        // Nobody waits any longer for the network to accept data.
        _ = Task.Run(_client.Dispose, CancellationToken.None);
    }
}
