using System.Buffers.Binary;
using ClusterHeal.Bolt;

namespace ClusterHeal.Tests.Bolt;

/// <summary>A bbolt file in memory that a test may damage, and a whole walk over it.</summary>
internal sealed class BoltTestFile(byte[] bytes)
{
    public BoltTestFile(string fixture)
        : this(Fixture.Read(fixture)[..^32])
    {
    }

    public byte[] Bytes { get; } = bytes;

    /// <summary>The pages of one kind that the newest meta can reach, by number; for snap.db all have 4 KiB.</summary>
    public ulong PageWith(ushort flags, int atLeast = 1)
    {
        for (var page = 2UL; page < (ulong)(Bytes.Length / 4096); page++)
        {
            var there = new BoltPage(Page(page));
            if (there.Flags == flags && there.Count >= atLeast && Reachable().Contains(page)) return page;
        }
        throw new InvalidOperationException("The file has no such page.");
    }

    public Span<byte> Page(ulong page) => Bytes.AsSpan((int)page * 4096, 4096);

    public void Set16(ulong page, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Page(page)[offset..], value);

    public void Set32(ulong page, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Page(page)[offset..], value);

    public void Set64(ulong page, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Page(page)[offset..], value);

    /// <summary>Writes a number into both metas and sums them anew.</summary>
    public void SetMeta(int offset, ulong value)
    {
        for (var meta = 0UL; meta < 2; meta++)
        {
            Set64(meta, 16 + offset, value);
            Set64(meta, 16 + 56, BoltMeta.Fnv1a(Page(meta)[16..72]));
        }
    }

    public BoltDatabase? Open(BoltFindings findings) =>
        BoltDatabase.Open((offset, into) => Bytes.AsSpan((int)offset, into.Length).CopyTo(into), Bytes.Length, findings);

    /// <summary>Walks everything; the findings, as text.</summary>
    public IReadOnlyList<string> Check()
    {
        var findings = new BoltFindings();
        if (Open(findings) is { } database)
        {
            var walk = new BoltWalk(database, findings);
            foreach (var bucket in walk.ReadBuckets())
            {
                foreach (var part in walk.Split(bucket, 4)) walk.Visit(part, new Counter(), walk.NewTreeWalk(), CancellationToken.None);
            }
            walk.Finish(CancellationToken.None);
        }
        return [.. findings.ToList().Select(f => f.ToString())];
    }

    private HashSet<ulong> Reachable()
    {
        HashSet<ulong> pages = [];
        var database = Open(new BoltFindings())!;
        Queue<ulong> open = new([database.Meta.Root]);
        while (open.TryDequeue(out var id))
        {
            pages.Add(id);
            var page = new BoltPage(Page(id));
            for (var i = 0; i < page.Count; i++)
            {
                if (page.IsBranch) open.Enqueue(page.Child(i));
                else if (page.IsBucket(i) && BoltTree.Parse(page.Value(i)) is { Root: > 0 } tree) open.Enqueue(tree.Root);
            }
        }
        return pages;
    }

    private sealed class Counter : IRecordVisitor
    {
        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
        }
    }
}
