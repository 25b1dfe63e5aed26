using System.Buffers.Binary;

namespace ClusterHeal.Fuzz;

/// <summary>Small changes of bytes that no writer makes.</summary>
internal static class ByteMutation
{
    private static readonly ulong[] Edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, long.MaxValue, ulong.MaxValue];

    /// <summary>Changes one to a few places of <paramref name="bytes"/> without changing their number.</summary>
    public static void Change(Span<byte> bytes, Random random)
    {
        for (var changes = 1 + random.Next(4); changes > 0 && bytes.Length > 8; changes--)
        {
            var at = random.Next(bytes.Length - 8);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    WriteEdge(bytes[at..], random);
                    break;
                case 3:
                    bytes[at] += (byte)random.Next(-2, 3);
                    break;
                default:
                    var length = Math.Min(1 << random.Next(10), bytes.Length - Math.Max(at, 0) - 1);
                    var from = random.Next(bytes.Length - length);
                    bytes.Slice(from, length).CopyTo(bytes[at..]);
                    break;
            }
        }
    }

    /// <summary>Writes a number that is an edge of some type, in some width and order.</summary>
    public static void WriteEdge(Span<byte> bytes, Random random)
    {
        var value = Edges[random.Next(Edges.Length)];
        switch (random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
                break;
        }
    }
}
