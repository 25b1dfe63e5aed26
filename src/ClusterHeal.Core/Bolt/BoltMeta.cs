using System.Buffers.Binary;

namespace ClusterHeal.Bolt;

/// <summary>
/// One of the two meta pages of a bbolt file, which say where everything else is (bbolt: internal/common/meta.go).
/// Transactions write them in turn, so that one is whole if the other's write was cut short.
/// </summary>
/// <param name="PageSize">Bytes of a page: that of the machine which made the file.</param>
/// <param name="Root">The page where the tree of buckets begins.</param>
/// <param name="Freelist">The page with the list of free pages, or <see cref="NoFreelist"/>.</param>
/// <param name="HighWater">The number of the first page that was never used: the file has this many pages.</param>
/// <param name="TransactionId">The transaction that wrote this meta; the higher one of the two counts.</param>
internal sealed record BoltMeta(int PageSize, ulong Root, ulong Freelist, ulong HighWater, ulong TransactionId)
{
    /// <summary>The value in place of the freelist if none is stored; etcd never stores one.</summary>
    public const ulong NoFreelist = ulong.MaxValue;

    /// <summary>Bytes of the header and the meta: what <see cref="Parse"/> needs.</summary>
    public const int Size = BoltPage.HeaderSize + 64;

    private const uint Magic = 0xED0CDAED;
    private const uint Version = 2;

    /// <summary>Reads the meta page at the beginning of <paramref name="page"/>.</summary>
    /// <param name="page">The page.</param>
    /// <param name="id">Its number.</param>
    /// <returns>The meta, or null and what is wrong with it.</returns>
    public static (BoltMeta? Meta, string Problem) Parse(ReadOnlySpan<byte> page, ulong id)
    {
        if (page.Length < Size) return (null, "the file ends before it does");
        var meta = page[BoltPage.HeaderSize..Size];
        if (BinaryPrimitives.ReadUInt32LittleEndian(meta) != Magic) return (null, "the magic number of bbolt is missing");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(meta[4..]);
        if (version != Version) return (null, $"its version is {version}, not {Version}");
        if (BinaryPrimitives.ReadUInt64LittleEndian(meta[56..]) != Fnv1a(meta[..56])) return (null, "its checksum is wrong");
        var pageSize = BinaryPrimitives.ReadUInt32LittleEndian(meta[8..]);
        if (pageSize is < BoltDatabase.SmallestPageSize or > BoltDatabase.LargestPageSize || (pageSize & (pageSize - 1)) != 0)
            return (null, $"its page size is {pageSize}");
        // Outside of the checksum, and bbolt ends its process if they are wrong.
        var head = new BoltPage(page);
        if (head.Id != id) return (null, $"it calls itself page {head.Id}");
        if (head.Flags != BoltPage.MetaFlag) return (null, $"its flags are 0x{head.Flags:x}");
        return (new BoltMeta(
            (int)pageSize,
            Root: BinaryPrimitives.ReadUInt64LittleEndian(meta[16..]),
            Freelist: BinaryPrimitives.ReadUInt64LittleEndian(meta[32..]),
            HighWater: BinaryPrimitives.ReadUInt64LittleEndian(meta[40..]),
            TransactionId: BinaryPrimitives.ReadUInt64LittleEndian(meta[48..])), "");
    }

    /// <summary>Writes this meta as the page that its transaction belongs to.</summary>
    /// <param name="page">A zeroed page.</param>
    public void Write(Span<byte> page)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, TransactionId % BoltDatabase.MetaPages);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], BoltPage.MetaFlag);
        var meta = page[BoltPage.HeaderSize..Size];
        BinaryPrimitives.WriteUInt32LittleEndian(meta, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[4..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(meta[8..], (uint)PageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[16..], Root);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[32..], Freelist);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[40..], HighWater);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[48..], TransactionId);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[56..], Fnv1a(meta[..56]));
    }

    /// <summary>FNV-1a with 64 bits, bbolt's checksum of a meta.</summary>
    internal static ulong Fnv1a(ReadOnlySpan<byte> data)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var octet in data) hash = (hash ^ octet) * 0x100000001b3;
        return hash;
    }
}
