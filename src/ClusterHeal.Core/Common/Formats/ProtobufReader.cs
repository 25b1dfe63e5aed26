using System.Buffers.Binary;

namespace ClusterHeal.Common;

/// <summary>Reads the fields of a protobuf message one after another, with no schema (protobuf.dev, "Encoding"). Groups are not read.</summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _next;

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value if it is a number; 0 otherwise.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value if it is a text, bytes or a message; empty otherwise.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether it is a text, bytes or a message.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>The whole field, with its number and its length.</summary>
    public ReadOnlySpan<byte> Encoded { get; private set; }

    /// <summary>True if the bytes after the last field are no field, or end within one.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end, or if the message is malformed.</returns>
    public bool Read()
    {
        if (IsMalformed || _next == _message.Length) return false;
        var start = _next;
        IsMalformed = !TryReadField();
        if (IsMalformed) return false;
        Encoded = _message[start.._next];
        return true;
    }

    private bool TryReadField()
    {
        if (!TryReadVarint(out var tag) || tag >> 3 is 0 or > int.MaxValue) return false;
        (Field, Number) = ((int)(tag >> 3), 0);
        Value = [];
        IsBytes = false;
        switch ((int)(tag & 7))
        {
            case Varint:
                if (!TryReadVarint(out var number)) return false;
                Number = number;
                return true;
            case Fixed64 when TryTake(sizeof(ulong), out var bytes):
                Number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                return true;
            case Fixed32 when TryTake(sizeof(uint), out var bytes):
                Number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                return true;
            case Bytes when TryReadVarint(out var length) && TryTake(length, out var bytes):
                Value = bytes;
                IsBytes = true;
                return true;
            default:
                return false;
        }
    }

    private bool TryTake(ulong count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > (ulong)(_message.Length - _next)) return false;
        bytes = _message.Slice(_next, (int)count);
        _next += (int)count;
        return true;
    }

    private bool TryReadVarint(out ulong number)
    {
        const int MostBytes = 10;
        number = 0;
        for (var i = 0; i < MostBytes && _next < _message.Length; i++)
        {
            var octet = _message[_next++];
            number |= (ulong)(octet & 0x7f) << (7 * i);
            if (octet < 0x80) return true;
        }

        return false;
    }
}
