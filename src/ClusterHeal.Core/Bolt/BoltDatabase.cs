using System.Buffers.Binary;

namespace ClusterHeal.Bolt;

/// <summary>Fills <paramref name="destination"/> with the bytes of a file from <paramref name="offset"/> on, or throws.</summary>
internal delegate void ReadBlock(long offset, Span<byte> destination);

/// <summary>A bbolt file, read only. What it holds is never trusted; what is wrong with it becomes a finding.</summary>
internal sealed class BoltDatabase
{
    /// <summary>The first pages of every file: its two metas.</summary>
    public const ulong MetaPages = 2;

    /// <summary>The smallest page that a system which runs etcd has.</summary>
    public const int SmallestPageSize = 4096;

    /// <summary>The largest page: 64-bit ARM and POWER.</summary>
    public const int LargestPageSize = 65536;

    private BoltDatabase(ReadBlock read, BoltMeta meta, ulong pageCount)
    {
        Read = read;
        Meta = meta;
        PageCount = pageCount;
    }

    /// <summary>Reads bytes of the file.</summary>
    public ReadBlock Read { get; }

    /// <summary>The meta that counts.</summary>
    public BoltMeta Meta { get; }

    /// <summary>Bytes of a page.</summary>
    public int PageSize => Meta.PageSize;

    /// <summary>How many pages there are: up to the high-water mark, as far as the file goes.</summary>
    public ulong PageCount { get; }

    /// <summary>Bytes up to the high-water mark, as bbolt counts the size of a database.</summary>
    public ulong Size => unchecked(Meta.HighWater * (ulong)PageSize);

    /// <summary>
    /// Opens a file by the valid meta with the higher transaction id, as bbolt does. One bad meta is a finding, not an obstacle.
    /// </summary>
    /// <param name="read">Reads bytes of the file.</param>
    /// <param name="length">Bytes of the file, without anything behind the database.</param>
    /// <param name="metaFindings">Takes what is wrong with the metas.</param>
    /// <returns>The database, or null if no meta is valid.</returns>
    public static BoltDatabase? Open(ReadBlock read, long length, BoltFindings metaFindings)
    {
        var (first, firstProblem) = ReadMeta(read, length, 0, id: 0);
        var (second, secondProblem) = (default(BoltMeta), "no meta follows");
        var secondOffset = first?.PageSize ?? SmallestPageSize;
        // The first meta says where the second is. Where it is bad, each page size that there could be is tried.
        for (var size = secondOffset; second is null && size <= (first is null ? LargestPageSize : secondOffset); size *= 2)
        {
            var (candidate, problem) = ReadMeta(read, length, size, id: 1);
            if (candidate?.PageSize == size) (second, secondOffset) = (candidate, size);
            else if (size == secondOffset) secondProblem = candidate is null ? problem : $"its page size is {candidate.PageSize}";
        }
        if (first is null) metaFindings.Add(0, 0, "the meta is not valid: " + firstProblem);
        if (second is null) metaFindings.Add(1, secondOffset, "the meta is not valid: " + secondProblem);

        var meta = first is not null && (second is null || first.TransactionId > second.TransactionId) ? first : second;
        if (meta is null) return null;
        var inFile = (ulong)(length / meta.PageSize);
        return new BoltDatabase(read, meta, Math.Min(meta.HighWater, inFile));
    }

    /// <summary>Where a page begins in the file.</summary>
    public long OffsetOf(ulong page) => (long)page * PageSize;

    /// <summary>
    /// Checks the list of free pages against the pages that a walk has met: none free and used, none twice, none lost. etcd stores no
    /// list; then everything that nothing points to is free.
    /// </summary>
    public void CheckFreelist(PageMarks used, BoltFindings findings, CancellationToken cancellationToken)
    {
        // etcd stores no freelist; other programs with bbolt do.
        if (Meta.Freelist != BoltMeta.NoFreelist) CompareFreelist(used, findings, cancellationToken);
    }

    private void CompareFreelist(PageMarks used, BoltFindings findings, CancellationToken cancellationToken)
    {
        if (!new PageReader(this).TryRead(Meta.Freelist, findings, out var page)) return;
        var offset = OffsetOf(Meta.Freelist);
        for (var id = Meta.Freelist; id <= Meta.Freelist + page.Overflow; id++)
        {
            if (!used.TryMark(id)) findings.Add(id, OffsetOf(id), "it is used twice: by the freelist and by something else");
        }
        if (page.Flags != BoltPage.FreelistFlag)
        {
            findings.Add(Meta.Freelist, offset + 8, $"it should be the freelist (flags 0x{page.Flags:x})");
            return;
        }

        // A count of 0xffff means that the first entry is the count.
        var list = page.Bytes[BoltPage.HeaderSize..];
        var count = (ulong)page.Count;
        if (count == ushort.MaxValue)
        {
            count = BinaryPrimitives.ReadUInt64LittleEndian(list);
            list = list[sizeof(ulong)..];
        }
        if (count > (ulong)list.Length / sizeof(ulong))
        {
            findings.Add(Meta.Freelist, offset + 10, $"its {count} entries need more than its {list.Length} bytes");
            return;
        }
        var free = new PageMarks(PageCount);
        for (var i = 0; i < (int)count; i++)
        {
            var id = BinaryPrimitives.ReadUInt64LittleEndian(list[(i * sizeof(ulong))..]);
            if (id < MetaPages || id >= PageCount) findings.Add(Meta.Freelist, offset, $"it calls page {id} free, which does not exist");
            else if (!free.TryMark(id)) findings.Add(id, OffsetOf(id), "it is on the freelist twice");
            else if (used.IsMarked(id)) findings.Add(id, OffsetOf(id), "it is free and used");
        }
        for (var id = MetaPages; id < PageCount; id++)
        {
            if (id % 65536 == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!used.IsMarked(id) && !free.IsMarked(id)) findings.Add(id, OffsetOf(id), "nothing points to it and it is not free");
        }
    }

    private static (BoltMeta? Meta, string Problem) ReadMeta(ReadBlock read, long length, long offset, ulong id)
    {
        Span<byte> page = stackalloc byte[BoltMeta.Size];
        if (offset + page.Length > length) return BoltMeta.Parse([], id);
        read(offset, page);
        return BoltMeta.Parse(page, id);
    }
}
