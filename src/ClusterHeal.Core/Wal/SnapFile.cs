using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Wal;

/// <summary>
/// A <c>.snap</c> file: a raft snapshot in an envelope with its CRC-32C (etcd: server/etcdserver/api/snap/snapshotter.go).
/// </summary>
internal static class SnapFile
{
    /// <summary>The name of the file for a snapshot.</summary>
    /// <param name="term">The raft term.</param>
    /// <param name="index">The raft index.</param>
    public static string FileName(ulong term, ulong index) => $"{term:x16}-{index:x16}.snap";

    /// <summary>The whole content of the file for a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    public static byte[] Encode(RaftSnapshot snapshot)
    {
        var data = snapshot.ToByteString();
        return new SnapEnvelope { Crc = Crc32C.Append(0, data.Span), Data = data }.ToByteArray();
    }

    /// <summary>Reads a file's content and checks its checksum.</summary>
    /// <param name="content">The whole content.</param>
    /// <exception cref="WalFormatException">It is empty, malformed, or the checksum does not fit.</exception>
    public static RaftSnapshot Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            var envelope = SnapEnvelope.Parser.ParseFrom(content);
            if (envelope.Data.IsEmpty || envelope.Crc == 0) throw new WalFormatException(0, "the snapshot file is empty");

            var crc = Crc32C.Append(0, envelope.Data.Span);
            if (crc != envelope.Crc)
            {
                throw new WalFormatException(0, $"the checksum of the snapshot is {crc:x8} and the file says {envelope.Crc:x8}");
            }

            return RaftSnapshot.Parser.ParseFrom(envelope.Data);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new WalFormatException(0, $"the snapshot file is malformed: {e.Message}", e);
        }
    }
}
