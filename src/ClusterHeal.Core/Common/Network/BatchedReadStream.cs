using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>
/// For large downloads: without this the reader wakes up for every packet, about a hundred thousand times a gigabyte. If reader and sender
/// share a machine, that takes processor time from the sender. So while data arrives fast, a reader that has read everything sleeps until
/// the kernel has a batch more (SO_RCVLOWAT, socket(7)), but no longer than IdleTime. What comes slowly, and the last bytes, are read as
/// they come. On systems without this wait, all data is read as it comes.
/// </summary>
/// <param name="socket">The connected socket; the stream owns it.</param>
internal sealed class BatchedReadStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Bytes for which a reader sleeps: a few milliseconds of a gigabit a second.</summary>
    public const int BatchSize = 512 * 1024;

    /// <summary>Bytes without a pause that show a fast sender. From then on the kernel is asked to wait for a batch.</summary>
    public const int FastAfter = 1024 * 1024;

    /// <summary>How long a reader sleeps for a batch before it takes less.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(100);

    /// <summary>The number of the option is not the same on all processors.</summary>
    private bool _kernelCanWait = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
    private long _sincePause;
    private bool _batches;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _batches
            ? await AwaitBatchAsync(base.ReadAsync(buffer, cancellationToken).AsTask()).ConfigureAwait(false)
            : await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _sincePause += read;
        if (!_batches && _sincePause >= FastAfter && _kernelCanWait) WaitFor(BatchSize);
        return read;
    }

    private async ValueTask<int> AwaitBatchAsync(Task<int> reading)
    {
        if (!reading.IsCompleted && await Task.WhenAny(reading, Task.Delay(IdleTime)).ConfigureAwait(false) != reading)
        {
            WaitFor(1);
            _sincePause = 0;
        }

        return await reading.ConfigureAwait(false);
    }

    /// <summary>Sets how many bytes the kernel waits for. If as many are there, it says so at once.</summary>
    private void WaitFor(int bytes)
    {
        const int SocketLevel = 1, ReceiveLowWater = 18; // SOL_SOCKET and SO_RCVLOWAT, asm-generic/socket.h.
        _batches = bytes > 1;
        try
        {
            Socket.SetRawSocketOption(SocketLevel, ReceiveLowWater, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)));
        }
        catch (SocketException)
        {
            // The kernel of some sandboxes has no such option. Reading continues without it.
            _batches = _kernelCanWait = false;
        }
    }
}
