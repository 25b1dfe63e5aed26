using System.Buffers.Binary;

namespace ClusterHeal.Bolt;

/// <summary>Collects the elements of one page and lays them out. It is used again for the next page.</summary>
/// <param name="flags">The kind of page.</param>
/// <param name="pageSize">Bytes of a page. An element that is larger gets as many overflow pages as it needs.</param>
internal sealed class BoltPageBuilder(ushort flags, int pageSize)
{
    private readonly List<Element> _elements = [];
    private byte[] _data = new byte[pageSize];
    private byte[] _page = new byte[pageSize];
    private byte[] _firstKey = [];
    private int _firstKeyLength;
    private int _dataLength;
    private bool _built;

    public int Count => _built ? 0 : _elements.Count;

    /// <summary>The first key of the elements that are collected, or of the page that was built last.</summary>
    public ReadOnlySpan<byte> FirstKey => _firstKey.AsSpan(0, _firstKeyLength);

    /// <summary>Whether one more element fits onto the page.</summary>
    /// <param name="size">Bytes of its key and value.</param>
    public bool HasRoomFor(int size) => Size + BoltPage.ElementSize + size <= pageSize;

    public void AddRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isBucket)
    {
        Begin(key);
        _elements.Add(new Element(Store(key), key.Length, value.Length, isBucket ? BoltPage.BucketFlag : 0));
        Store(value);
    }

    public void AddChild(ReadOnlySpan<byte> key, ulong child)
    {
        Begin(key);
        _elements.Add(new Element(Store(key), key.Length, 0, child));
    }

    /// <summary>Takes the last element off a branch.</summary>
    public (byte[] Key, ulong Child) RemoveLastChild()
    {
        var last = _elements[^1];
        _elements.RemoveAt(_elements.Count - 1);
        _dataLength = last.Start;
        return (_data.AsSpan(last.Start, last.KeyLength).ToArray(), last.ChildOrFlags);
    }

    /// <summary>Lays out the page. The next element that is added begins a new one.</summary>
    /// <param name="id">The number of the page.</param>
    /// <returns>The page with its overflow, valid until the next call.</returns>
    public ReadOnlySpan<byte> Build(ulong id)
    {
        var count = Count;
        var pages = count == 0 ? 1 : (Size + pageSize - 1) / pageSize;
        if (_page.Length < pages * pageSize) _page = new byte[pages * pageSize];
        var page = _page.AsSpan(0, pages * pageSize);
        page.Clear();

        BinaryPrimitives.WriteUInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page[10..], (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], (uint)(pages - 1));
        for (var i = 0; i < count; i++)
        {
            var element = page[(BoltPage.HeaderSize + (i * BoltPage.ElementSize))..];
            // Positions are counted from the element itself.
            WriteElement(element, _elements[i], position: ((count - i) * BoltPage.ElementSize) + _elements[i].Start);
        }

        if (count > 0) _data.AsSpan(0, _dataLength).CopyTo(page[(BoltPage.HeaderSize + (count * BoltPage.ElementSize))..]);
        _built = true;
        return page;
    }

    private int Size => BoltPage.HeaderSize + (_elements.Count * BoltPage.ElementSize) + _dataLength;

    private void WriteElement(Span<byte> target, Element element, int position)
    {
        if (flags == BoltPage.BranchFlag)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)position);
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)element.KeyLength);
            BinaryPrimitives.WriteUInt64LittleEndian(target[8..], element.ChildOrFlags);
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)element.ChildOrFlags);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)position);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)element.KeyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], (uint)element.ValueLength);
    }

    private void Begin(ReadOnlySpan<byte> key)
    {
        if (_built)
        {
            _elements.Clear();
            _dataLength = 0;
            _built = false;
        }

        if (_elements.Count > 0) return;
        if (_firstKey.Length < key.Length) _firstKey = new byte[key.Length];
        key.CopyTo(_firstKey);
        _firstKeyLength = key.Length;
    }

    private int Store(ReadOnlySpan<byte> bytes)
    {
        var start = _dataLength;
        if (_data.Length < start + bytes.Length) Array.Resize(ref _data, Math.Max(start + bytes.Length, _data.Length * 2));
        bytes.CopyTo(_data.AsSpan(start));
        _dataLength += bytes.Length;
        return start;
    }

    private readonly record struct Element(int Start, int KeyLength, int ValueLength, ulong ChildOrFlags);
}
