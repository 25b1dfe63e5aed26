using System.Runtime.CompilerServices;
using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The blocks of a file in their order, for one thread that takes all of them, and for walks over the same file, which mostly want the
/// same ones a little earlier: a walk reads the next block for both. One that is a ring ahead waits; one that is elsewhere in the
/// file reads for itself. The thread that takes never waits for a walk.
/// </summary>
/// <param name="read">Reads bytes of the file.</param>
/// <param name="length">Bytes of the file.</param>
internal sealed class BlockRing(ReadBlock read, long length) : IDisposable
{
    private const int BlockSize = 256 * 1024;

    /// <summary>
    /// A sha256 of this many blocks takes about nine milliseconds: longer than a walk sleeps, and a lead for what is left to do when a walk
    /// has ended.
    /// </summary>
    private const int Blocks = 64;

    private readonly object _filling = new();
    private readonly byte[] _bytes = new byte[Math.Min(Blocks * BlockSize, length)];
    private long _next;
    private long _taken;
    private long _filled;
    private volatile bool _isClosed;

    /// <summary>Takes the next block. It is valid until the next call.</summary>
    /// <returns>Nothing at the end.</returns>
    public ReadOnlySpan<byte> Take()
    {
        var block = _next++;
        if (block * BlockSize >= length) return [];
        Volatile.Write(ref _taken, block);
        if (Volatile.Read(ref _filled) == block) FillIfMissing(block);
        return PlaceOf(block);
    }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on. For any thread.</summary>
    [MethodImpl(HotPath.Optimized)]
    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var (block, start) = (offset / BlockSize, (int)(offset % BlockSize));
            var part = destination[..Math.Min(destination.Length, BlockSize - start)];
            if (!TryCopy(block, start, part)) read(offset, part);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }

    /// <summary>No more blocks will be taken: nobody has to wait.</summary>
    public void Dispose() => _isClosed = true;

    [MethodImpl(HotPath.Optimized)]
    private bool TryCopy(long block, int start, Span<byte> destination)
    {
        // Asleep and not waiting for a signal: to wake a walk takes the time of the thread that has the most to do.
        while (block == Volatile.Read(ref _filled) && !HasRoomFor(block) && !_isClosed) Thread.Sleep(1);
        if (_isClosed || (block * BlockSize) + start + destination.Length > length) return false;
        lock (_filling)
        {
            if (block == _filled && HasRoomFor(block)) FillOne();
            if (block >= _filled || block < _filled - Blocks) return false;
            PlaceOf(block).Slice(start, destination.Length).CopyTo(destination);
            return true;
        }
    }

    private void FillIfMissing(long block)
    {
        lock (_filling)
        {
            if (_filled == block) FillOne();
        }
    }

    [MethodImpl(HotPath.Optimized)]
    private void FillOne()
    {
        read(_filled * BlockSize, PlaceOf(_filled));
        Volatile.Write(ref _filled, _filled + 1);
    }

    /// <summary>The block that was taken last is in use, and its place not free.</summary>
    private bool HasRoomFor(long block) => block < Volatile.Read(ref _taken) + Blocks;

    private Span<byte> PlaceOf(long block) =>
        _bytes.AsSpan((int)(block % Blocks) * BlockSize, (int)Math.Min(BlockSize, length - (block * BlockSize)));
}
