namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// A protobuf message as the code that etcd is built with reads it. It is stricter than other readers: a known field of another wire type
/// ends the reading, and etcd with it. (gogo/protobuf, plugin/unmarshal; api/mvccpb/kv.pb.go)
/// </summary>
internal sealed class GoMessage
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5;

    private readonly int[] _wireTypes;
    private readonly Dictionary<int, GoMessage> _messages;

    /// <summary>Describes a message.</summary>
    /// <param name="wireTypes">The wire types of the fields 1, 2, 3 …</param>
    /// <param name="messages">The fields that are messages themselves.</param>
    private GoMessage(int[] wireTypes, Dictionary<int, GoMessage>? messages = null) => (_wireTypes, _messages) = (wireTypes, messages ?? []);

    /// <summary>A record of the bucket <c>key</c> (mvccpb.KeyValue).</summary>
    public static GoMessage KeyValue { get; } = new([Bytes, Varint, Varint, Varint, Bytes, Varint]);

    /// <summary>A record of the bucket <c>lease</c> (leasepb.Lease).</summary>
    public static GoMessage Lease { get; } = new([Varint, Varint, Varint]);

    /// <summary>A record of the bucket <c>authUsers</c> (authpb.User).</summary>
    public static GoMessage User { get; } = new([Bytes, Bytes, Bytes, Bytes], new() { [4] = new([Varint]) });

    /// <summary>A record of the bucket <c>authRoles</c> (authpb.Role).</summary>
    public static GoMessage Role { get; } = new([Bytes, Bytes], new() { [2] = new([Varint, Bytes, Bytes]) });

    /// <summary>Why etcd could not read these bytes, as the rest of a sentence; null if it can.</summary>
    public string? FindProblem(ReadOnlySpan<byte> bytes)
    {
        const string CutShort = "is cut short";
        while (bytes.Length > 0)
        {
            if (!TryReadVarint(ref bytes, out var tag)) return CutShort;
            var (number, wireType) = ((int)(tag >> 3), (int)(tag & 7));
            if (number <= 0) return "has a field without a number";
            var isKnown = number <= _wireTypes.Length;
            if (isKnown && wireType != _wireTypes[number - 1]) return $"has field {number} in another form";
            if (wireType == Bytes)
            {
                if (!TryReadVarint(ref bytes, out var length) || length > (ulong)bytes.Length) return CutShort;
                if (_messages.TryGetValue(number, out var message) && message.FindProblem(bytes[..(int)length]) is { } problem) return problem;
                bytes = bytes[(int)length..];
            }
            else if (!TrySkip(ref bytes, wireType))
            {
                return CutShort;
            }
        }

        return null;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> bytes, int wireType)
    {
        for (var depth = 0; ;)
        {
            switch (wireType)
            {
                case Varint when TryReadVarint(ref bytes, out _):
                case Fixed64 when TryDrop(ref bytes, sizeof(ulong)):
                case Fixed32 when TryDrop(ref bytes, sizeof(uint)):
                case Bytes when TryReadVarint(ref bytes, out var length) && length <= (ulong)bytes.Length && TryDrop(ref bytes, (int)length):
                    break;
                case StartGroup:
                    depth++;
                    break;
                case EndGroup when depth > 0:
                    depth--;
                    break;
                default:
                    return false;
            }

            if (depth == 0) return true;
            if (!TryReadVarint(ref bytes, out var tag)) return false;
            wireType = (int)(tag & 7);
        }
    }

    private static bool TryDrop(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count > bytes.Length) return false;
        bytes = bytes[count..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        const int MostBytes = 10;
        number = 0;
        for (var i = 0; i < bytes.Length && i < MostBytes; i++)
        {
            number |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
