using System.Buffers.Binary;

namespace ClusterHeal.Bolt;

/// <summary>
/// Writes a new database from records that come in order, as a bulk load does: leaves in the order of the keys, each branch as soon
/// as it is full, the metas last. Every page is full and none is free. Memory does not grow with the database.
/// Until <see cref="Complete"/> the file has no meta page, so nobody takes a half-written one for a database.
/// </summary>
/// <param name="output">An empty stream that can seek; it is left open.</param>
/// <param name="pageSize">Bytes of a page. Servers take the size from the file, whatever their own pages are.</param>
internal sealed class BoltBulkWriter(Stream output, int pageSize = BoltDatabase.SmallestPageSize)
{
    private const ulong FreelistPage = BoltDatabase.MetaPages;

    private readonly BoltPageBuilder _directory = new(BoltPage.LeafFlag, pageSize);
    private readonly List<BoltPageBuilder> _levels = [new(BoltPage.LeafFlag, pageSize)];
    private byte[] _bucket = [];
    private byte[] _lastKey = [];
    private int _lastKeyLength;
    private ulong _nextPage;

    /// <summary>Begins a bucket. Buckets come in the byte order of their names, and the one before is ended by this.</summary>
    public void BeginBucket(ReadOnlySpan<byte> name)
    {
        if (_nextPage == 0) ReserveFirstPages();
        else EndBucket();
        if (name.SequenceCompareTo(_bucket) <= 0) throw new InvalidOperationException("The buckets are not in order.");
        _bucket = name.ToArray();
        _lastKeyLength = -1;
    }

    /// <summary>Appends a record to the bucket. Records come in the byte order of their keys.</summary>
    public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_lastKeyLength >= 0 && key.SequenceCompareTo(_lastKey.AsSpan(0, _lastKeyLength)) <= 0)
        {
            throw new InvalidOperationException("The records are not in order.");
        }

        var leaves = _levels[0];
        if (leaves.Count > 0 && !leaves.HasRoomFor(key.Length + value.Length)) AddToBranch(1, leaves.FirstKey, Flush(leaves));
        leaves.AddRecord(key, value, isBucket: false);
        if (_lastKey.Length < key.Length) _lastKey = new byte[key.Length];
        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
    }

    /// <summary>Ends the last bucket and writes what makes the file a database.</summary>
    /// <returns>Bytes of the file.</returns>
    public long Complete()
    {
        if (_nextPage == 0) ReserveFirstPages();
        else EndBucket();
        var root = Flush(_directory);

        var first = new byte[((int)FreelistPage + 1) * pageSize];
        // bbolt's own first metas have the transactions 0 and 1; the higher one counts.
        for (var id = 0; id < (int)BoltDatabase.MetaPages; id++)
        {
            var meta = new BoltMeta(pageSize, root, FreelistPage, HighWater: _nextPage, TransactionId: (ulong)id);
            meta.Write(first.AsSpan(id * pageSize, pageSize));
        }

        new BoltPageBuilder(BoltPage.FreelistFlag, pageSize).Build(FreelistPage).CopyTo(first.AsSpan((int)FreelistPage * pageSize));
        output.Position = 0;
        output.Write(first);
        return (long)_nextPage * pageSize;
    }

    private void ReserveFirstPages()
    {
        _nextPage = FreelistPage + 1;
        output.Write(new byte[(int)_nextPage * pageSize]);
    }

    private void EndBucket()
    {
        var root = Flush(_levels[0]);
        for (var level = 1; level < _levels.Count && _levels[level].Count > 0; level++)
        {
            AddToBranch(level, _levels[level - 1].FirstKey, root);
            root = Flush(_levels[level]);
        }

        Span<byte> tree = stackalloc byte[BoltTree.HeaderSize];
        tree.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(tree, root);
        _directory.AddRecord(_bucket, tree, isBucket: true);
    }

    /// <summary>
    /// Adds a child to the branches of a level. A full branch passes its last child on to the next one, so that no branch has a single child.
    /// </summary>
    private void AddToBranch(int level, ReadOnlySpan<byte> firstKey, ulong child)
    {
        if (level == _levels.Count) _levels.Add(new BoltPageBuilder(BoltPage.BranchFlag, pageSize));
        var branch = _levels[level];
        if (branch.Count > 2 && !branch.HasRoomFor(firstKey.Length))
        {
            var (lastKey, lastChild) = branch.RemoveLastChild();
            AddToBranch(level + 1, branch.FirstKey, Flush(branch));
            branch.AddChild(lastKey, lastChild);
        }

        branch.AddChild(firstKey, child);
    }

    private ulong Flush(BoltPageBuilder builder)
    {
        var id = _nextPage;
        var page = builder.Build(id);
        output.Write(page);
        _nextPage += (ulong)(page.Length / pageSize);
        return id;
    }
}
