using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Bolt;

/// <summary>
/// One walk over a whole database: the buckets, their parts (on any number of threads), what is nested in them, and at
/// last the freelist. It checks what bbolt's tx.Check checks, while its records are used.
/// </summary>
internal sealed class BoltWalk(BoltDatabase database, BoltFindings findings)
{
    /// <summary>etcd has about a dozen. More means that the file is something else.</summary>
    private const int MostBuckets = 1024;

    private readonly PageMarks _marks = new(database.PageCount);
    private readonly ConcurrentQueue<BoltBucket> _nested = new();

    /// <summary>Reads the buckets at the top, in the order of their names.</summary>
    public List<BoltBucket> ReadBuckets()
    {
        List<BoltBucket> buckets = [];
        var walk = NewTreeWalk();
        walk.Start(new BoltSubtree(database.Meta.Root, [], null));
        while (walk.NextLeaf(out var leaf))
        {
            for (var i = 0; i < leaf.Count; i++)
            {
                if (!leaf.IsBucket(i)) findings.Add(leaf.Id, database.OffsetOf(leaf.Id), $"its element {i} is a value beside the buckets");
                else if (ReadBucket(leaf, i, leaf.Id) is not { } bucket) continue;
                else if (buckets.Count < MostBuckets) buckets.Add(bucket);
                else return buckets;
            }
        }
        return buckets;
    }

    /// <summary>What one thread walks pages with; several visits use it one after another.</summary>
    public TreeWalk NewTreeWalk() => new(database, _marks, findings);

    /// <summary>Cuts a bucket into parts, in the order of their keys.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="parts">How many parts are enough.</param>
    public IEnumerable<BoltPart> Split(BoltBucket bucket, int parts) => bucket.Tree.Root == 0
        ? [new BoltPart(bucket, null)]
        : NewTreeWalk().Split(bucket.Tree.Root, parts).Select(subtree => new BoltPart(bucket, subtree));

    /// <summary>Hands the records of one part to a visitor. A bucket within the bucket counts as a record without a value.</summary>
    [MethodImpl(HotPath.Optimized)]
    public void Visit(BoltPart part, IRecordVisitor visitor, TreeWalk walk, CancellationToken cancellationToken)
    {
        if (part.Subtree is null)
        {
            VisitInline(part.Bucket, visitor);
            return;
        }
        walk.Start(part.Subtree);
        while (walk.NextLeaf(out var leaf))
        {
            cancellationToken.ThrowIfCancellationRequested();
            VisitLeaf(leaf, leaf.Id, visitor);
        }
    }

    /// <summary>Walks what was nested in the buckets, then compares the freelist with all pages that were met.</summary>
    public void Finish(CancellationToken cancellationToken)
    {
        var (nobody, walk) = (new Nobody(), NewTreeWalk());
        while (_nested.TryDequeue(out var bucket))
        {
            foreach (var part in Split(bucket, 1)) Visit(part, nobody, walk, cancellationToken);
        }
        var (pages, meta) = (database.PageCount, database.Meta);
        if (meta.HighWater > pages)
            findings.Add(pages, database.OffsetOf(pages), $"the file ends here, after {pages} of {meta.HighWater} pages of {meta.PageSize} bytes");
        database.CheckFreelist(_marks, findings, cancellationToken);
    }

    private void VisitInline(BoltBucket bucket, IRecordVisitor visitor)
    {
        var page = new BoltPage(bucket.Tree.Inline.Span);
        if (page.FindProblem([], false, []) is var (offset, message))
            findings.Add(bucket.Page, database.OffsetOf(bucket.Page), $"in a bucket within it, at byte {offset}, {message}");
        else if (!page.IsLeaf)
            findings.Add(bucket.Page, database.OffsetOf(bucket.Page), "a bucket within it is not a leaf");
        else
            VisitLeaf(page, bucket.Page, visitor);
    }

    [MethodImpl(HotPath.Optimized)]
    private void VisitLeaf(BoltPage leaf, ulong id, IRecordVisitor visitor)
    {
        for (var i = 0; i < leaf.Count; i++)
        {
            if (!leaf.IsBucket(i))
            {
                visitor.Visit(leaf.Key(i), leaf.Value(i));
                continue;
            }
            visitor.Visit(leaf.Key(i), []);
            if (ReadBucket(leaf, i, id) is { } bucket) _nested.Enqueue(bucket);
        }
    }

    private BoltBucket? ReadBucket(BoltPage leaf, int index, ulong id)
    {
        if (BoltTree.Parse(leaf.Value(index)) is { } tree) return new BoltBucket(leaf.Key(index).ToArray(), tree, id);
        findings.Add(id, database.OffsetOf(id), $"its bucket {index} is cut short");
        return null;
    }

    private sealed class Nobody : IRecordVisitor
    {
        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
        }
    }
}
