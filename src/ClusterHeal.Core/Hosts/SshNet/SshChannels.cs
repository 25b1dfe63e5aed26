using System.Collections.Concurrent;
using Renci.SshNet;
using Renci.SshNet.Messages;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>The channels of one connection: opens them, and gives each the messages for it. The library itself opens none on it.</summary>
internal sealed class SshChannels
{
    private readonly Session _session;
    private readonly Action _hear;
    private readonly ConcurrentDictionary<uint, SshChannel> _channels = [];
    private Exception? _lost;
    private uint _last;

    /// <summary>Uses a connection from after the login on.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="hear">Is called whenever something comes from the host.</param>
    public SshChannels(Session session, Action hear)
    {
        (_session, _hear) = (session, hear);
        session.RequestSuccessReceived += (_, _) => hear();
        session.RequestFailureReceived += (_, _) => hear();
        session.ChannelOpenConfirmationReceived += (_, e) => Receiver(e.Message)?.OnOpened(e.Message);
        session.ChannelOpenFailureReceived += (_, e) => Receiver(e.Message)?.OnRefused(e.Message);
        session.ChannelDataReceived += (_, e) => Receiver(e.Message)?.OnData(e.Message.Data.AsSpan(e.Message.Offset, e.Message.Size));
        session.ChannelExtendedDataReceived += (_, e) => Receiver(e.Message)?.OnErrors(e.Message.Data);
        session.ChannelWindowAdjustReceived += (_, e) => Receiver(e.Message)?.OnRoom(e.Message.BytesToAdd);
        session.ChannelEofReceived += (_, e) => Receiver(e.Message)?.OnInputEnd();
        session.ChannelCloseReceived += (_, e) => Receiver(e.Message)?.OnClose();
        session.ChannelRequestReceived += (_, e) => Receiver(e.Message)?.OnRequest(e.Message);
        session.ChannelFailureReceived += (_, e) => Receiver(e.Message)?.OnRequestRefused();
        session.ErrorOccured += (_, e) => Lose(e.Exception);
        session.Disconnected += (_, _) => Lose(new IOException("the host ended the connection"));
    }

    /// <summary>True while the connection is open, as far as is known.</summary>
    public bool AreAlive => _lost is null && _session.IsConnected;

    /// <summary>Opens a channel and waits until the host has opened it.</summary>
    /// <param name="info">What kind of channel.</param>
    /// <param name="explain">Makes the error of its reader if the connection breaks. Null if the reader sees an end and asks for the cause.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChannelRefusedException">The host refused.</exception>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async Task<SshChannel> OpenAsync(
        ChannelOpenInfo info, Func<Exception, Exception>? explain, CancellationToken cancellationToken)
    {
        var local = Interlocked.Increment(ref _last);
        var channel = _channels[local] = new SshChannel(this, local, explain);
        try
        {
            if (_lost is { } lost) throw new IOException(lost.Message, lost);
            // Not on this thread: a send blocks while the network accepts nothing.
            await Task.Run(() => Send(new ChannelOpenMessage(local, SshChannel.Window, SshChannel.Packet, info)), cancellationToken)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            await channel.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return channel;
        }
        catch
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a message. Blocks while the network accepts nothing.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public void Send(Message message)
    {
        try
        {
            SshNetInternals.Send(_session, message);
        }
        catch (Exception e) when (e is not IOException)
        {
            // Whatever stops a message ends the connection: no later message could be in order.
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>A channel that has ended gets nothing more.</summary>
    public void Forget(uint local) => _channels.TryRemove(local, out _);

    /// <summary>The connection broke, or is given up: all channels end.</summary>
    public void Lose(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _lost, cause, null) is not null) return;
        foreach (var channel in _channels.Values) channel.OnLost(cause);
    }

    private SshChannel? Receiver(ChannelMessage message)
    {
        _hear();
        return _channels.GetValueOrDefault(message.LocalChannelNumber);
    }
}
