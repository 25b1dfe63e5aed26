using System.Buffers.Binary;

namespace ClusterHeal.Bolt;

/// <summary>
/// Where the records of a bucket are: in a tree of pages below <paramref name="Root"/>, or, where that is 0, in the bucket's own
/// value (an inline bucket).
/// </summary>
/// <param name="Root">The topmost page.</param>
/// <param name="Inline">The page of an inline bucket.</param>
internal readonly record struct BoltTree(ulong Root, ReadOnlyMemory<byte> Inline)
{
    /// <summary>Bytes of a bucket's header: root u64, sequence u64 (bbolt: internal/common/inode.go, bucket.go).</summary>
    public const int HeaderSize = 16;

    /// <summary>Reads the value of a leaf's element that is a bucket; null if it is too short to be one.</summary>
    public static BoltTree? Parse(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderSize) return null;
        var root = BinaryPrimitives.ReadUInt64LittleEndian(value);
        if (root != 0) return new BoltTree(root, default);
        return value.Length < HeaderSize + BoltPage.HeaderSize ? null : new BoltTree(0, value[HeaderSize..].ToArray());
    }
}

/// <summary>A page and the bounds that the branches above it set for its keys.</summary>
/// <param name="Page">The topmost page.</param>
/// <param name="Min">No key below may be below it.</param>
/// <param name="Max">No key below may reach it; null if nothing follows.</param>
internal sealed record BoltSubtree(ulong Page, byte[] Min, byte[]? Max);
