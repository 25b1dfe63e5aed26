using System.Buffers;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Bytes of a snapshot on their way to the file: many blocks of the stream, in memory from a pool.</summary>
internal sealed class SnapshotBuffer
{
    private const int Size = 1024 * 1024;

    private readonly byte[] _bytes;
    private int _count;

    /// <summary>Takes the memory.</summary>
    /// <param name="atLeast">Bytes for which it must have room.</param>
    public SnapshotBuffer(int atLeast = 0) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(Size, atLeast));

    /// <summary>What was appended.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _count);

    /// <summary>Appends a block.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool TryAppend(ReadOnlySpan<byte> block)
    {
        if (!block.TryCopyTo(_bytes.AsSpan(_count))) return false;
        _count += block.Length;
        return true;
    }

    /// <summary>Gives the memory back; nobody may hold it any more.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(_bytes);
}
