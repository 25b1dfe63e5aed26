using System.Buffers.Binary;
using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Wal;

/// <summary>
/// Reads the records of one WAL segment in order and checks their running checksum. The log ends where the file does, or at the
/// zeros to which etcd preallocates it (etcd: server/storage/wal/decoder.go).
/// </summary>
internal sealed class WalSegmentReader
{
    private const int FrameHeader = sizeof(ulong);

    private readonly ReadOnlyMemory<byte> _segment;
    private uint _crc;

    /// <summary>Starts at the first record.</summary>
    /// <param name="segment">The whole segment, or as much of its head as is needed.</param>
    public WalSegmentReader(ReadOnlyMemory<byte> segment) => _segment = segment;

    /// <summary>Where the next record begins.</summary>
    public int Offset { get; private set; }

    /// <summary>Reads the next record.</summary>
    /// <returns>The record, or null at the end of the log.</returns>
    /// <exception cref="WalFormatException">The record is cut off, malformed, or its checksum does not fit.</exception>
    public WalRecord? Read()
    {
        var rest = _segment[Offset..];
        if (rest.Length < FrameHeader) return rest.Length == 0 ? null : throw Damaged("the file ends within the length of a record");

        var header = BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
        if (header == 0) return null;

        var length = header & 0x00FF_FFFF_FFFF_FFFF;
        var padding = -length & 7;
        if ((byte)(header >> 56) != (padding == 0 ? 0 : 0x80 | padding)) throw Damaged("the padding does not fit the length of the record");
        if (length + padding > rest.Length - FrameHeader)
        {
            throw Damaged($"a record of {length} bytes begins here and only {rest.Length - FrameHeader} bytes follow");
        }

        var record = Parse(rest.Slice(FrameHeader, (int)length));
        if (record.Type is < (long)WalRecordType.Metadata or > (long)WalRecordType.Snapshot)
        {
            throw Damaged($"a record of the unknown type {record.Type} begins here");
        }

        Verify(record);
        Offset += (int)(FrameHeader + length + padding);
        return record;
    }

    private WalRecord Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return WalRecord.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Damaged($"the record is malformed: {e.Message}", e);
        }
    }

    private void Verify(WalRecord record)
    {
        if (record.Type == (long)WalRecordType.Crc)
        {
            // A segment that continues another begins with the checksum of all before it.
            if (Offset != 0 && record.Crc != _crc) throw Damaged($"the checksum is {_crc:x8} and the log says {record.Crc:x8}");
            _crc = record.Crc;
            return;
        }

        _crc = Crc32C.Append(_crc, record.Data.Span);
        if (record.Crc != _crc) throw Damaged($"the checksum of the data is {_crc:x8} and the record says {record.Crc:x8}");
    }

    private WalFormatException Damaged(string what, Exception? cause = null) => new(Offset, what, cause);
}
