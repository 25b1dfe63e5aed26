using System.Buffers;
using System.Buffers.Binary;
using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Wal;

/// <summary>
/// Writes the records of one WAL segment. Before each record is its length (little endian, 64 bits; if there is padding, the highest byte is 0x80
/// plus its count), and it is padded to 8 bytes. Its checksum is over the data of all records so far (etcd: server/storage/wal/encoder.go).
/// </summary>
internal sealed class WalSegmentWriter
{
    /// <summary>The size to which etcd preallocates each segment. The rest of it is zeros, which mark the end of the log for its reader.</summary>
    public const long SegmentSize = 64_000_000;

    private readonly ArrayBufferWriter<byte> _output = new();
    private uint _crc;

    /// <summary>Starts a segment with the checksum record of every segment.</summary>
    public WalSegmentWriter() => Append(WalRecordType.Crc, null);

    /// <summary>The records so far, without the zeros that follow them in the file.</summary>
    public ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    /// <summary>The name of a segment.</summary>
    /// <param name="sequence">Its number, from 0.</param>
    /// <param name="index">The raft index with which it starts.</param>
    public static string FileName(ulong sequence, ulong index) => $"{sequence:x16}-{index:x16}.wal";

    /// <summary>Appends one record.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="message">Its data; null only for a checksum record.</param>
    public void Append(WalRecordType type, IMessage? message)
    {
        var record = new WalRecord { Type = (long)type };
        if (message is not null)
        {
            record.Data = message.ToByteString();
            _crc = Crc32C.Append(_crc, record.Data.Span);
        }

        record.Crc = _crc;
        var length = record.CalculateSize();
        var padding = -length & 7;
        var frame = _output.GetSpan(sizeof(ulong) + length + padding)[..(sizeof(ulong) + length + padding)];
        BinaryPrimitives.WriteInt64LittleEndian(frame, length);
        if (padding != 0) frame[sizeof(ulong) - 1] = (byte)(0x80 | padding);
        record.WriteTo(frame.Slice(sizeof(ulong), length));
        frame[^padding..].Clear();
        _output.Advance(frame.Length);
    }
}
