using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Bolt;

/// <summary>
/// A page of a bbolt file with its overflow pages, as one run of bytes. Layout (bbolt: internal/common/page.go): id u64, flags u16,
/// count u16, overflow u32, then a table of elements, then their keys and values; all numbers little-endian. The accessors trust
/// the bytes: ask <see cref="FindProblem"/> first.
/// </summary>
internal readonly ref struct BoltPage(ReadOnlySpan<byte> bytes)
{
    /// <summary>Bytes of the header of a page.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of one entry of the element table, in branches and leaves alike.</summary>
    public const int ElementSize = 16;

    /// <summary>The page points to pages further down.</summary>
    public const ushort BranchFlag = 0x01;

    /// <summary>The page holds keys and values.</summary>
    public const ushort LeafFlag = 0x02;

    /// <summary>The page holds a <see cref="BoltMeta"/>.</summary>
    public const ushort MetaFlag = 0x04;

    /// <summary>The page lists free pages.</summary>
    public const ushort FreelistFlag = 0x10;

    /// <summary>The element of a leaf is a bucket.</summary>
    public const uint BucketFlag = 0x01;

    /// <summary>The whole run, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The number that the page gives itself; 0 in an inline bucket.</summary>
    public ulong Id => BinaryPrimitives.ReadUInt64LittleEndian(Bytes);

    public ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[8..]);

    /// <summary>How many elements the page has.</summary>
    public int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[10..]);
    }

    /// <summary>How many pages after this one belong to it.</summary>
    public uint Overflow => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[12..]);

    /// <summary>True if this page is a leaf.</summary>
    public bool IsLeaf => Flags == LeafFlag;

    /// <summary>True if this page is a branch.</summary>
    public bool IsBranch => Flags == BranchFlag;

    /// <summary>The page below element <paramref name="index"/> of a branch.</summary>
    public ulong Child(int index) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes[(ElementOffset(index) + 8)..]);

    /// <summary>True if element <paramref name="index"/> of a leaf is a bucket and not a plain value.</summary>
    public bool IsBucket(int index) => (Number(ElementOffset(index)) & BucketFlag) != 0;

    /// <summary>The key of element <paramref name="index"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Key(int index)
    {
        var (start, keySize, _) = Extent(index);
        return Bytes.Slice((int)start, (int)keySize);
    }

    /// <summary>The value of element <paramref name="index"/> of a leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Value(int index)
    {
        var (start, keySize, valueSize) = Extent(index);
        return Bytes.Slice((int)(start + keySize), (int)valueSize);
    }

    /// <summary>
    /// Checks that the elements of a branch or leaf lie inside the page and that their keys ascend within the bounds that the branch
    /// above sets. Every accessor is safe on a page without a problem.
    /// </summary>
    /// <param name="min">No key may be below it; empty if there is no lower bound.</param>
    /// <param name="hasMax">Whether there is an upper bound.</param>
    /// <param name="max">No key may be equal to it or above it.</param>
    /// <returns>The first problem and its offset in the page; null if there is none.</returns>
    [MethodImpl(HotPath.Optimized)]
    public (int Offset, string Message)? FindProblem(ReadOnlySpan<byte> min, bool hasMax, ReadOnlySpan<byte> max)
    {
        if (!IsLeaf && !IsBranch) return (8, NeitherBranchNorLeaf(Flags));
        if (IsBranch && Count == 0) return (10, "it is a branch without children");
        var tableEnd = ElementOffset(Count);
        if (tableEnd > Bytes.Length) return (10, TooManyElements(Count, Bytes.Length));

        var previous = min;
        var end = (long)tableEnd;
        for (var i = 0; i < Count; i++)
        {
            var (start, keySize, valueSize) = Extent(i);
            if (start < end || start + keySize + valueSize > Bytes.Length)
                return (ElementOffset(i), Outside(i, start, keySize, valueSize));
            end = start + keySize + valueSize;
            var key = Bytes.Slice((int)start, (int)keySize);
            var order = previous.SequenceCompareTo(key);
            if (order > 0 && i == 0) return (ElementOffset(i), "its first key is below that of the branch");
            if (order >= 0 && i > 0) return (ElementOffset(i), OutOfOrder(i));
            previous = key;
        }
        if (Count > 0 && hasMax && previous.SequenceCompareTo(max) >= 0)
            return (ElementOffset(Count - 1), "its last key belongs behind the next branch");
        return null;
    }

    private static string NeitherBranchNorLeaf(ushort flags) => $"it is neither branch nor leaf (flags 0x{flags:x})";

    private static string TooManyElements(int count, int bytes) => $"its {count} elements need more than its {bytes} bytes";

    private static string Outside(int index, long start, long keySize, long valueSize) =>
        $"its element {index} lies outside of the page or in another one ({start} + {keySize} + {valueSize})";

    private static string OutOfOrder(int index) => $"its keys {index - 1} and {index} are out of order";

    private static int ElementOffset(int index) => HeaderSize + (index * ElementSize);

    /// <summary>Where key and value of an element lie. Sums of two u32 and an offset cannot overflow a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (long Start, long KeySize, long ValueSize) Extent(int index)
    {
        var at = ElementOffset(index);
        return IsLeaf
            ? (at + (long)Number(at + 4), Number(at + 8), Number(at + 12))
            : (at + (long)Number(at), Number(at + 4), 0);
    }

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[offset..]);
}
