using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Bolt;

/// <summary>
/// Reads the pages of a database for one walk. Leaves mostly come in the order of the file, and their branches lie elsewhere; so it
/// has two windows: to read a branch does not throw away what was read ahead for the leaves.
/// </summary>
internal sealed class PageReader(BoltDatabase database)
{
    /// <summary>No record of etcd comes near it; a damaged overflow count must not make us ask for gigabytes.</summary>
    private const long LargestRun = 64 * 1024 * 1024;

    private Window _last = new(database);
    private Window _other = new(database);

    /// <summary>
    /// Reads a page with its overflow pages and checks that its number and its kind are as expected. The page is valid until the next call.
    /// </summary>
    /// <returns>False, with a finding, if the page cannot be read.</returns>
    [MethodImpl(HotPath.Optimized)]
    public bool TryRead(ulong id, BoltFindings findings, out BoltPage page)
    {
        page = default;
        if (id < BoltDatabase.MetaPages || id >= database.PageCount)
        {
            AddOutside(id, findings);
            return false;
        }
        var offset = database.OffsetOf(id);
        page = new BoltPage(Read(offset, database.PageSize));
        if (page.Id != id)
        {
            AddAnother(id, page.Id, findings);
            return false;
        }
        var run = (page.Overflow + 1L) * database.PageSize;
        if (id + page.Overflow >= database.PageCount || run > LargestRun)
        {
            AddTooLong(id, page.Overflow, findings);
            return false;
        }
        if (page.Overflow > 0) page = new BoltPage(Read(offset, (int)run));
        return true;
    }

    private void AddOutside(ulong id, BoltFindings findings) =>
        findings.Add(id, 0, $"something points to it, but the pages go from {BoltDatabase.MetaPages} to {database.PageCount - 1}");

    private void AddAnother(ulong id, ulong other, BoltFindings findings) => findings.Add(id, database.OffsetOf(id), $"it calls itself page {other}");

    private void AddTooLong(ulong id, uint overflow, BoltFindings findings) =>
        findings.Add(id, database.OffsetOf(id) + 12, $"its overflow of {overflow} pages goes too far");

    [MethodImpl(HotPath.Optimized)]
    private ReadOnlySpan<byte> Read(long offset, int count)
    {
        if (!_last.Reaches(offset)) (_last, _other) = (_other, _last);
        return _last.Read(offset, count);
    }

    /// <summary>Some bytes of the file. It reads further ahead the longer the reads follow one another.</summary>
    private sealed class Window(BoltDatabase database)
    {
        private const int SmallestRead = 16 * 1024;
        private const int LargestRead = 256 * 1024;

        private byte[] _bytes = [];
        private long _start;
        private int _length;
        private int _readAhead;

        /// <summary>Whether an offset is in the window or right behind it.</summary>
        public bool Reaches(long offset) => offset >= _start && offset <= _start + _length;

        [MethodImpl(HotPath.Optimized)]
        public ReadOnlySpan<byte> Read(long offset, int count)
        {
            if (offset < _start || offset + count > _start + _length) Fill(offset, count);
            return _bytes.AsSpan((int)(offset - _start), count);
        }

        [MethodImpl(HotPath.Optimized)]
        private void Fill(long offset, int count)
        {
            _readAhead = Reaches(offset) ? Math.Clamp(_readAhead * 2, SmallestRead, LargestRead) : SmallestRead;
            var wanted = (int)Math.Min(Math.Max(count, _readAhead), database.OffsetOf(database.PageCount) - offset);
            if (_bytes.Length < wanted) _bytes = new byte[Math.Max(wanted, _readAhead)];
            _length = 0;
            database.Read(offset, _bytes.AsSpan(0, wanted));
            (_start, _length) = (offset, wanted);
        }
    }
}
