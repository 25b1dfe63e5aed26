using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>
/// For large downloads: without this the reader wakes up for every packet, about a hundred thousand times a gigabyte. If reader and sender
/// share a machine, that takes processor time from the sender. So while data arrives fast, a reader that has read everything sleeps until
/// the kernel has a gulp more (SO_RCVLOWAT, socket(7)), but no longer than a lull lasts. What comes slowly, and the last bytes, are read as
/// they come. On systems without this wait, all data is read as it comes.
/// </summary>
/// <param name="socket">The connected socket; the stream owns it.</param>
internal sealed class GulpingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Bytes for which a reader sleeps: some milliseconds of a gigabit a second.</summary>
    public const int Gulp = 512 * 1024;

    /// <summary>Bytes without a lull that make it worth to ask the kernel.</summary>
    public const int Pouring = 1024 * 1024;

    /// <summary>How long a reader sleeps for a gulp before it takes less.</summary>
    private static readonly TimeSpan Lull = TimeSpan.FromMilliseconds(100);

    /// <summary>The number of the option is not the same on all processors.</summary>
    private bool _kernelCanWait = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
    private long _sinceLull;
    private bool _gulps;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _gulps
            ? await AwaitGulpAsync(base.ReadAsync(buffer, cancellationToken).AsTask()).ConfigureAwait(false)
            : await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _sinceLull += read;
        if (!_gulps && _sinceLull >= Pouring && _kernelCanWait) WaitFor(Gulp);
        return read;
    }

    private async ValueTask<int> AwaitGulpAsync(Task<int> reading)
    {
        if (!reading.IsCompleted && await Task.WhenAny(reading, Task.Delay(Lull)).ConfigureAwait(false) != reading)
        {
            WaitFor(1);
            _sinceLull = 0;
        }

        return await reading.ConfigureAwait(false);
    }

    /// <summary>Sets how many bytes the kernel waits for; where as many are there, it tells of them at once.</summary>
    private void WaitFor(int bytes)
    {
        const int SocketLevel = 1, ReceiveLowWater = 18; // SOL_SOCKET and SO_RCVLOWAT, asm-generic/socket.h.
        _gulps = bytes > 1;
        try
        {
            Socket.SetRawSocketOption(SocketLevel, ReceiveLowWater, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)));
        }
        catch (SocketException)
        {
            // The kernel of some sandboxes has no such option. Reading goes on without it.
            _gulps = _kernelCanWait = false;
        }
    }
}
