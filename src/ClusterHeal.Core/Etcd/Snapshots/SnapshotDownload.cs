using System.Buffers;
using System.Threading.Channels;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Streams a snapshot from one member into a file that is open. The network is read here; hashing and writing go on meanwhile on
/// another thread, a few pooled buffers behind.
/// </summary>
/// <param name="client">The member.</param>
/// <param name="file">Where the bytes go.</param>
/// <param name="scan">Sees the bytes on their way.</param>
internal sealed class SnapshotDownload(EtcdClient client, FileStream file, SnapshotScan scan)
{
    private const int BufferSize = 1024 * 1024;
    private const int BuffersInFlight = 4;

    /// <summary>The version of the storage that the member told; empty before etcd 3.6.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Bytes that came, the checksum included.</summary>
    public long Received { get; private set; }

    /// <summary>Runs the stream to its end.</summary>
    /// <param name="timeout">How long it may take as a whole.</param>
    /// <param name="idleTimeout">How long the member may send nothing.</param>
    /// <param name="progress">Told bytes that came and bytes that follow, now and then.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="EtcdException">The member failed, or fell silent.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task RunAsync(TimeSpan timeout, TimeSpan idleTimeout, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var queue = Channel.CreateBounded<ArraySegment<byte>>(BuffersInFlight);
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
            if (writing.IsFaulted) await writing.ConfigureAwait(false); // The cause, for which the reading was cancelled.
            throw;
        }

        await writing.ConfigureAwait(false);
    }

    private async Task ReadAsync(
        ChannelWriter<ArraySegment<byte>> queue,
        TimeSpan timeout,
        TimeSpan idleTimeout,
        Action<long, long> progress,
        CancellationToken stop)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            idle.CancelAfter(idleTimeout);
            var call = await client.SnapshotAsync(timeout, idle.Token).ConfigureAwait(false);
            await using (call.ConfigureAwait(false))
            {
                var buffer = new ArraySegment<byte>(ArrayPool<byte>.Shared.Rent(BufferSize), 0, 0);
                while (await call.ReadAsync().ConfigureAwait(false) is { } message)
                {
                    buffer = Take(message.Span, buffer, out var full, progress);
                    if (full is { } ready)
                    {
                        idle.CancelAfter(Timeout.InfiniteTimeSpan); // A slow disk is not a silent member.
                        await queue.WriteAsync(ready, stop).ConfigureAwait(false);
                    }

                    idle.CancelAfter(idleTimeout);
                }

                await queue.WriteAsync(buffer, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (idle.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw EtcdFault.Silence(client.Endpoint, Received, idleTimeout, e);
        }
    }

    /// <summary>Adds a message's bytes to the buffer; a buffer that has no room for them is handed out, and a new one begun.</summary>
    private ArraySegment<byte> Take(
        ReadOnlySpan<byte> message, ArraySegment<byte> buffer, out ArraySegment<byte>? full, Action<long, long> progress)
    {
        if (!SnapshotBlock.TryRead(message, out var block))
        {
            throw EtcdFault.Protocol(client.Endpoint, "Maintenance/Snapshot", $"a block that cannot be read, behind {Received} bytes");
        }

        if (block.Version.Length > 0) Version = block.Version;
        full = null;
        if (buffer.Count + block.Blob.Length > buffer.Array!.Length)
        {
            full = buffer;
            buffer = new ArraySegment<byte>(ArrayPool<byte>.Shared.Rent(Math.Max(BufferSize, block.Blob.Length)), 0, 0);
        }

        block.Blob.CopyTo(buffer.Array.AsSpan(buffer.Count));
        Received += block.Blob.Length;
        if (full is not null) progress(Received, (long)Math.Min(block.RemainingBytes, long.MaxValue));
        return new ArraySegment<byte>(buffer.Array!, 0, buffer.Count + block.Blob.Length);
    }

    private async Task WriteAsync(ChannelReader<ArraySegment<byte>> queue, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var buffer in queue.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                scan.Append(buffer);
                await file.WriteAsync(buffer, stop.Token).ConfigureAwait(false);
                ArrayPool<byte>.Shared.Return(buffer.Array!);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
