namespace ClusterHeal.Hosts;

/// <summary>
/// What one stream of a channel has received and nobody has read yet. It has no more than the channel's window: the host sends no more before it is
/// told that something was read.
/// </summary>
internal sealed class ChannelBuffer
{
    private readonly object _lock = new();
    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _count;
    private bool _hasEnded;
    private Exception? _fault;
    private TaskCompletionSource? _more;

    /// <summary>Appends a copy of the data.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            if (_count + data.Length > _bytes.Length) Grow(_count + data.Length);
            var end = (_start + _count) % _bytes.Length;
            var first = Math.Min(data.Length, _bytes.Length - end);
            data[..first].CopyTo(_bytes.AsSpan(end));
            data[first..].CopyTo(_bytes);
            _count += data.Length;
            (waiting, _more) = (_more, null);
        }

        waiting?.TrySetResult();
    }

    /// <summary>Nothing more comes. The rest can still be read, and after it comes the end or the fault.</summary>
    public void End(Exception? fault = null)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            if (_hasEnded) return;
            (_hasEnded, _fault) = (true, fault);
            (waiting, _more) = (_more, null);
        }

        waiting?.TrySetResult();
    }

    /// <summary>Reads what is there, or waits for something; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task more;
            lock (_lock)
            {
                if (_count > 0 || target.Length == 0) return Take(target.Span);
                if (_fault is not null) throw new IOException(_fault.Message, _fault);
                if (_hasEnded) return 0;
                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private int Take(Span<byte> target)
    {
        var taken = Math.Min(target.Length, _count);
        var first = Math.Min(taken, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(target);
        _bytes.AsSpan(0, taken - first).CopyTo(target[first..]);
        _start = (_start + taken) % _bytes.Length;
        _count -= taken;
        return taken;
    }

    private void Grow(int needed)
    {
        var larger = new byte[Math.Max(needed, _bytes.Length * 2)];
        var count = Take(larger);
        (_bytes, _start, _count) = (larger, 0, count);
    }
}
