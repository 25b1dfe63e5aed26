using System.Buffers;
using System.Threading.Channels;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Streams a snapshot from one member into an open file. This thread reads the network. Another one hashes and writes, a few pooled buffers behind.
/// </summary>
/// <param name="client">The member.</param>
/// <param name="file">Where the bytes go.</param>
/// <param name="scan">Sees the bytes on their way.</param>
internal sealed class SnapshotDownload(EtcdClient client, FileStream file, SnapshotScan scan)
{
    private const int BuffersInFlight = 4;

    private SnapshotBuffer _buffer = new();
    private long _remaining;

    /// <summary>The storage version that the member named; empty before etcd 3.6.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Bytes that came, the checksum included.</summary>
    public long Received { get; private set; }

    /// <summary>Runs the stream to its end.</summary>
    /// <param name="timeout">How long it may take as a whole.</param>
    /// <param name="idleTimeout">How long the member may send nothing.</param>
    /// <param name="progress">Told bytes that came and bytes that follow, now and then.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="EtcdException">The member failed, or sent nothing more.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task RunAsync(TimeSpan timeout, TimeSpan idleTimeout, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var queue = Channel.CreateBounded<SnapshotBuffer>(BuffersInFlight);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = Task.Run(() => WriteAsync(queue.Reader, stop), CancellationToken.None);
        try
        {
            await ReadAsync(queue.Writer, timeout, idleTimeout, progress, stop.Token).ConfigureAwait(false);
            queue.Writer.Complete();
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (writing.IsFaulted) await writing.ConfigureAwait(false); // The cause of the cancelled reading.
            throw;
        }

        await writing.ConfigureAwait(false);
    }

    private async Task ReadAsync(
        ChannelWriter<SnapshotBuffer> queue,
        TimeSpan timeout,
        TimeSpan idleTimeout,
        Action<long, long> progress,
        CancellationToken stop)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            idle.CancelAfter(idleTimeout);
            using var stream = await client.SnapshotAsync(Take, timeout, idle.Token).ConfigureAwait(false);
            if (stream is null) return;
            var filling = stream.Current;
            while (await stream.MoveNextAsync().ConfigureAwait(false))
            {
                if (stream.Current != filling)
                {
                    progress(Received, _remaining);
                    idle.CancelAfter(Timeout.InfiniteTimeSpan); // A slow disk is not a silent member.
                    await queue.WriteAsync(filling, stop).ConfigureAwait(false);
                    filling = stream.Current;
                }

                idle.CancelAfter(idleTimeout);
            }

            await queue.WriteAsync(filling, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (idle.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw EtcdFault.Silence(client.Endpoint, Received, idleTimeout, e);
        }
    }

    /// <summary>Takes the block of a message out of the buffer in which it came.</summary>
    /// <returns>The buffer with the block: another one than before if that was too small.</returns>
    private SnapshotBuffer Take(ReadOnlySequence<byte> message)
    {
        if (!SnapshotBlock.TryRead(message.IsSingleSegment ? message.FirstSpan : message.ToArray(), out var block))
        {
            throw EtcdFault.Protocol(client.Endpoint, "Maintenance/Snapshot", $"a block that cannot be read, behind {Received} bytes");
        }

        if (block.Version.Length > 0) Version = block.Version;
        if (!_buffer.TryAppend(block.Blob))
        {
            _buffer = new SnapshotBuffer(block.Blob.Length);
            _buffer.TryAppend(block.Blob);
        }

        Received += block.Blob.Length;
        _remaining = (long)Math.Min(block.RemainingBytes, long.MaxValue);
        return _buffer;
    }

    private async Task WriteAsync(ChannelReader<SnapshotBuffer> queue, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var buffer in queue.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                scan.Append(buffer.Bytes.Span);
                await file.WriteAsync(buffer.Bytes, stop.Token).ConfigureAwait(false);
                buffer.Return();
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
