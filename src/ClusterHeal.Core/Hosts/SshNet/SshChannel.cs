using System.Buffers.Binary;
using System.Text;
using Renci.SshNet.Messages;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>
/// One channel of a connection (RFC 4254 §5), instead of the library's own. It lets the host send more only when something was read, so a slow reader
/// delays nobody else and costs no memory. And it opens no port of this machine for a connection.
/// </summary>
internal sealed class SshChannel : IScriptChannel
{
    /// <summary>How much may be on its way or unread. OpenSSH has the same; it fills a line of one gigabit with a delay of 16 ms.</summary>
    public const uint Window = 2 << 20;

    /// <summary>The largest piece that is accepted.</summary>
    public const uint Packet = 32 << 10;

    private readonly SshChannels _channels;
    private readonly uint _local;
    private readonly Func<Exception, Exception>? _explain;
    private readonly object _lock = new();
    private readonly ChannelBuffer _output = new();
    private readonly ChannelBuffer _errors = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _sent = Task.CompletedTask;
    private TaskCompletionSource? _room;
    private uint _remote;
    private long _remoteWindow;
    private int _remotePacket;
    private long _unreported;
    private bool _isOpen;
    private bool _isClosed;
    private bool _isInputEnded;
    private CommandEnd _end = new(null, null, "the host closed the channel");

    /// <summary>Makes a channel, for <see cref="SshChannels"/>.</summary>
    /// <param name="channels">The connection.</param>
    /// <param name="local">Its number on this side.</param>
    /// <param name="explain">See <see cref="SshChannels.OpenAsync"/>.</param>
    public SshChannel(SshChannels channels, uint local, Func<Exception, Exception>? explain)
    {
        (_channels, _local, _explain) = (channels, local, explain);
        Input = new SshChannelStream(this, null);
        Output = new SshChannelStream(this, _output);
        Errors = new SshChannelStream(this, _errors);
    }

    /// <inheritdoc/>
    public Stream Input { get; }

    /// <inheritdoc/>
    public Stream Output { get; }

    /// <inheritdoc/>
    public Stream Errors { get; }

    /// <inheritdoc/>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public CommandEnd End
    {
        get
        {
            lock (_lock) return _end;
        }
    }

    /// <summary>Done when the host has opened it; a <see cref="ChannelRefusedException"/> if it did not.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The channel as the stream of a connection. When the stream is closed, the channel ends.</summary>
    public Stream AsConnection() => new SshChannelStream(this, _output) { OwnsChannel = true };

    /// <inheritdoc/>
    public void Kill() => Close();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a command in the channel. How the channel ends shows whether the host did.</summary>
    public Task ExecuteAsync(string command) => PostAsync(new ChannelRequestMessage(_remote, new ExecRequest(command)));

    /// <summary>Sends bytes, in pieces that the host has room for.</summary>
    /// <exception cref="IOException">The channel or the connection has ended.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0)
        {
            var length = await TakeRoomAsync(data.Length, cancellationToken).ConfigureAwait(false);
            // A copy, because a send that the network delays outlives a caller who no longer waits for it.
            var piece = new ChannelDataMessage(_remote, data[..length].ToArray());
            await PostAsync(piece).WaitAsync(cancellationToken).ConfigureAwait(false);
            data = data[length..];
        }
    }

    public void EndInput()
    {
        lock (_lock)
        {
            if (!_isOpen || _isClosed || _isInputEnded) return;
            _isInputEnded = true;
        }

        Post(new ChannelEofMessage(_remote));
    }

    /// <summary>Something was read: tells the host, from time to time, that there is space for more.</summary>
    public void Report(int read)
    {
        uint room;
        lock (_lock)
        {
            _unreported += read;
            if (_unreported < Window / 4 || _isClosed) return;
            (room, _unreported) = ((uint)_unreported, 0);
        }

        Post(new ChannelWindowAdjustMessage(_remote, room));
    }

    internal void OnOpened(ChannelOpenConfirmationMessage message)
    {
        lock (_lock)
        {
            (_remote, _remoteWindow) = (message.RemoteChannelNumber, message.InitialWindowSize);
            _remotePacket = (int)Math.Min(message.MaximumPacketSize, Packet);
            _isOpen = true;
        }

        _opened.TrySetResult();
    }

    internal void OnRefused(ChannelOpenFailureMessage message)
    {
        _opened.TrySetException(new ChannelRefusedException(message.ReasonCode, message.Description));
        Finish(null);
    }

    internal void OnData(ReadOnlySpan<byte> data) => _output.Append(data);

    internal void OnErrors(ReadOnlySpan<byte> data) => _errors.Append(data);

    internal void OnRoom(uint bytes)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _remoteWindow += bytes;
            (waiting, _room) = (_room, null);
        }

        waiting?.TrySetResult();
    }

    internal void OnInputEnd()
    {
        _output.End();
        _errors.End();
    }

    internal void OnRequest(ChannelRequestMessage message)
    {
        // The data begin with whether an answer is wanted; sshd wants one to see whether the client is alive.
        var data = message.RequestData;
        if (message.RequestName == "exit-status" && data.Length >= 5) SetEnd(new CommandEnd(BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(1))));
        if (message.RequestName == "exit-signal") SetEnd(new CommandEnd(null, SignalIn(data)));
        if (data is [not 0, ..]) Post(new ChannelFailureMessage(_remote));
    }

    internal void OnRequestRefused() => SetEnd(new CommandEnd(null, null, "the host refused to run a command"));

    internal void OnClose()
    {
        Close();
        OnInputEnd();
    }

    internal void OnLost(Exception fault)
    {
        _opened.TrySetException(fault);
        SetEnd(new CommandEnd(null, null, fault.Message));
        lock (_lock) _isClosed = true;
        Finish(_explain?.Invoke(fault));
    }

    private static string SignalIn(byte[] data)
    {
        if (data.Length < 5) return "unknown";
        var length = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(1));
        return length >= 0 && length <= data.Length - 5 ? Encoding.ASCII.GetString(data, 5, length) : "unknown";
    }

    private void SetEnd(CommandEnd end)
    {
        lock (_lock) _end = end;
    }

    private async ValueTask<int> TakeRoomAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_isClosed || _isInputEnded) throw new IOException($"Nobody reads there any more ({_end}).");
                var length = (int)Math.Min(Math.Min(wanted, _remoteWindow), _remotePacket);
                if (length > 0)
                {
                    _remoteWindow -= length;
                    return length;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Close()
    {
        bool tellHost;
        lock (_lock)
        {
            tellHost = _isOpen && !_isClosed;
            _isClosed = true;
        }

        if (tellHost) Post(new ChannelCloseMessage(_remote));
        Finish(null);
    }

    private void Finish(Exception? fault)
    {
        _channels.Forget(_local);
        _output.End(fault);
        _errors.End(fault);
        _ended.TrySetResult();
        TaskCompletionSource? waiting;
        lock (_lock) (waiting, _room) = (_room, null);
        waiting?.TrySetResult();
    }

    // One after the other, and not on the caller's thread: a send blocks while the network accepts nothing.
    private Task PostAsync(Message message)
    {
        lock (_lock) return _sent = SendAfterAsync(_sent, message);
    }

    private async Task SendAfterAsync(Task before, Message message)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        _channels.Send(message);
    }

    // A broken connection tells all its channels. So a failed send does not have to be reported here.
    private void Post(Message message) => PostAsync(message).ContinueWith(
        static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
