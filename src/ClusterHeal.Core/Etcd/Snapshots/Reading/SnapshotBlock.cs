using System.Text;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// One message of the stream of a snapshot (<c>SnapshotResponse</c>), read in place: a 1 GiB database comes in 32,768 of them, and
/// its bytes go from the buffer of the connection to that of the file without an object in between.
/// </summary>
internal readonly ref struct SnapshotBlock
{
    private const int RemainingBytesField = 2;
    private const int BlobField = 3;
    private const int VersionField = 4;

    private SnapshotBlock(ReadOnlySpan<byte> blob, ulong remaining, string version)
    {
        Blob = blob;
        RemainingBytes = remaining;
        Version = version;
    }

    /// <summary>The next bytes of the file.</summary>
    public ReadOnlySpan<byte> Blob { get; }

    /// <summary>How many bytes of the database follow; the checksum is not counted.</summary>
    public ulong RemainingBytes { get; }

    /// <summary>The storage version; empty before etcd 3.6.</summary>
    public string Version { get; }

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="block">What it says; its blob lies in <paramref name="message"/>.</param>
    /// <returns>False if the bytes are no such message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out SnapshotBlock block)
    {
        block = default;
        ReadOnlySpan<byte> blob = default;
        var remaining = 0UL;
        var version = "";
        while (message.Length > 0)
        {
            if (!TryReadVarint(ref message, out var tag)) return false;
            var (field, wireType) = (tag >> 3, (int)(tag & 7));
            switch (wireType)
            {
                case 0:
                    if (!TryReadVarint(ref message, out var number)) return false;
                    if (field == RemainingBytesField) remaining = number;
                    break;
                case 2:
                    if (!TryReadVarint(ref message, out var length) || length > (ulong)message.Length) return false;
                    var bytes = message[..(int)length];
                    message = message[(int)length..];
                    if (field == BlobField) blob = bytes;
                    if (field == VersionField) version = Encoding.UTF8.GetString(bytes);
                    break;
                case 1 or 5: // Fixed numbers: of no field that is known today.
                    var size = wireType == 1 ? sizeof(ulong) : sizeof(uint);
                    if (message.Length < size) return false;
                    message = message[size..];
                    break;
                default:
                    return false;
            }
        }

        block = new SnapshotBlock(blob, remaining, version);
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
