using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Bolt;

/// <summary>
/// Walks the leaves of a tree of pages in the order of their keys, and checks on the way what bbolt's tx.Check does: every page
/// exists, is used once, is a branch or a leaf, and has its elements inside of it and its keys in order, under the keys of
/// the branches above. What is wrong is a finding and is left out of the walk. As no page is visited twice, loops end.
/// </summary>
internal sealed class TreeWalk(BoltDatabase database, PageMarks marks, BoltFindings findings)
{
    /// <summary>bbolt splits pages in two or more, so a real tree over all pages that a file can have is not as deep.</summary>
    private const int DeepestTree = 64;

    /// <summary>Branches stay in memory while their children are walked. bbolt splits them at the size of a page.</summary>
    private const int LargestBranch = 1024 * 1024;

    private readonly PageReader _reader = new(database);
    private readonly List<Branch> _path = [];
    private readonly List<Branch> _spare = [];
    private BoltSubtree? _start;

    public void Start(BoltSubtree subtree)
    {
        _spare.AddRange(_path);
        _path.Clear();
        _start = subtree;
    }

    /// <summary>Goes to the next leaf. The page is valid until the next call.</summary>
    /// <returns>False at the end.</returns>
    [MethodImpl(HotPath.Optimized)]
    public bool NextLeaf(out BoltPage leaf)
    {
        if (_start is { } start)
        {
            _start = null;
            if (Enter(start.Page, start.Min, start.Max is not null, start.Max, out leaf)) return true;
        }
        while (_path.Count > 0)
        {
            var branch = _path[^1];
            if (branch.Next == branch.Page.Count)
            {
                _spare.Add(branch);
                _path.RemoveAt(_path.Count - 1);
                continue;
            }
            var page = branch.Page;
            var index = branch.Next++;
            var last = index + 1 == page.Count;
            var hasMax = !last || branch.Max is not null;
            if (Enter(page.Child(index), page.Key(index), hasMax, last ? branch.Max : page.Key(index + 1), out leaf)) return true;
        }
        leaf = default;
        return false;
    }

    /// <summary>
    /// Cuts a tree into parts that can be walked apart from one another, in the order of their keys; the branches above them are
    /// checked and marked here.
    /// </summary>
    /// <param name="root">The topmost page.</param>
    /// <param name="parts">How many parts are enough; a small tree has fewer.</param>
    public List<BoltSubtree> Split(ulong root, int parts)
    {
        List<BoltSubtree> subtrees = [new(root, [], null)];
        for (var depth = 0; depth < DeepestTree && subtrees.Count < parts; depth++)
        {
            List<BoltSubtree> below = [];
            var split = false;
            foreach (var subtree in subtrees)
            {
                if (!IsBranch(subtree.Page))
                {
                    below.Add(subtree);
                    continue;
                }
                split = true;
                if (Open(subtree.Page, subtree.Min, subtree.Max is not null, subtree.Max, out var page))
                    AddChildren(page, subtree.Max, below);
                if ((ulong)below.Count <= database.PageCount) continue;
                findings.Add(root, database.OffsetOf(root), "the tree below it has more pages than the file");
                return [];
            }
            subtrees = below;
            if (!split) break;
        }
        return subtrees;
    }

    private static void AddChildren(BoltPage page, byte[]? max, List<BoltSubtree> children)
    {
        for (var i = 0; i < page.Count; i++)
            children.Add(new BoltSubtree(page.Child(i), page.Key(i).ToArray(), i + 1 < page.Count ? page.Key(i + 1).ToArray() : max));
    }

    /// <summary>Opens a page: a leaf is handed out, a branch goes onto the path.</summary>
    [MethodImpl(HotPath.Optimized)]
    private bool Enter(ulong id, ReadOnlySpan<byte> min, bool hasMax, ReadOnlySpan<byte> max, out BoltPage leaf)
    {
        if (!Open(id, min, hasMax, max, out leaf)) return false;
        if (leaf.IsLeaf) return true;
        if (_path.Count == DeepestTree || leaf.Bytes.Length > LargestBranch)
        {
            findings.Add(id, database.OffsetOf(id), "it is a branch deeper down or larger than any that bbolt writes");
            return false;
        }
        var branch = _spare.Count > 0 ? _spare[^1] : new Branch();
        if (_spare.Count > 0) _spare.RemoveAt(_spare.Count - 1);
        branch.Set(leaf, hasMax ? max.ToArray() : null);
        _path.Add(branch);
        return false;
    }

    [MethodImpl(HotPath.Optimized)]
    private bool Open(ulong id, ReadOnlySpan<byte> min, bool hasMax, ReadOnlySpan<byte> max, out BoltPage page)
    {
        if (!_reader.TryRead(id, findings, out page)) return false;
        for (var part = id; part <= id + page.Overflow; part++)
        {
            if (marks.TryMark(part)) continue;
            findings.Add(part, database.OffsetOf(part), "it is used twice, or it is part of a loop");
            return false;
        }
        if (page.FindProblem(min, hasMax, max) is not var (offset, message)) return true;
        findings.Add(id, database.OffsetOf(id) + offset, message);
        return false;
    }

    private bool IsBranch(ulong id)
    {
        if (id < BoltDatabase.MetaPages || id >= database.PageCount) return false;
        Span<byte> header = stackalloc byte[BoltPage.HeaderSize];
        database.Read(database.OffsetOf(id), header);
        return new BoltPage(header).IsBranch;
    }

    /// <summary>A branch on the path, with a copy of its page: the reader's own is gone with the next read.</summary>
    private sealed class Branch
    {
        private byte[] _bytes = [];
        private int _length;

        public BoltPage Page
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => new(_bytes.AsSpan(0, _length));
        }

        public int Next { get; set; }

        public byte[]? Max { get; private set; }

        public void Set(BoltPage page, byte[]? max)
        {
            _length = page.Bytes.Length;
            if (_bytes.Length < _length) _bytes = new byte[_length];
            page.Bytes.CopyTo(_bytes);
            (Next, Max) = (0, max);
        }
    }
}
