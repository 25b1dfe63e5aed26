using System.Runtime.CompilerServices;

namespace ClusterHeal.Bolt;

/// <summary>
/// Reads the pages of a database for one walk. It reads ahead while the pages come in the order of the file, as they do for the
/// most part, and only what it must where they do not.
/// </summary>
internal sealed class PageReader(BoltDatabase database)
{
    private const int SmallestRead = 16 * 1024;
    private const int LargestRead = 512 * 1024;

    /// <summary>No record of etcd comes near it; a damaged overflow count must not make us ask for gigabytes.</summary>
    private const long LargestRun = 64 * 1024 * 1024;

    private byte[] _window = [];
    private long _start;
    private int _length;
    private int _readAhead = SmallestRead;

    /// <summary>
    /// Reads a page with its overflow pages and checks that it is where and what it says it is. The page is valid until the next call.
    /// </summary>
    /// <returns>False, with a finding, where the page cannot be had.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ulong id, BoltFindings findings, out BoltPage page)
    {
        page = default;
        if (id < BoltDatabase.MetaPages || id >= database.PageCount)
        {
            findings.Add(id, 0, $"something points to it, but the pages go from {BoltDatabase.MetaPages} to {database.PageCount - 1}");
            return false;
        }
        var offset = database.OffsetOf(id);
        page = new BoltPage(Read(offset, database.PageSize));
        if (page.Id != id)
        {
            findings.Add(id, offset, $"it calls itself page {page.Id}");
            return false;
        }
        var run = (page.Overflow + 1L) * database.PageSize;
        if (id + page.Overflow >= database.PageCount || run > LargestRun)
        {
            findings.Add(id, offset + 12, $"its overflow of {page.Overflow} pages goes too far");
            return false;
        }
        if (page.Overflow > 0) page = new BoltPage(Read(offset, (int)run));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadOnlySpan<byte> Read(long offset, int count)
    {
        if (offset < _start || offset + count > _start + _length)
        {
            var forward = offset >= _start && offset <= _start + _length;
            _readAhead = forward ? Math.Min(_readAhead * 2, LargestRead) : SmallestRead;
            var wanted = (int)Math.Min(Math.Max(count, _readAhead), database.OffsetOf(database.PageCount) - offset);
            if (_window.Length < wanted) _window = new byte[Math.Max(wanted, _readAhead)];
            _length = 0;
            database.Read(offset, _window.AsSpan(0, wanted));
            (_start, _length) = (offset, wanted);
        }
        return _window.AsSpan((int)(offset - _start), count);
    }
}
