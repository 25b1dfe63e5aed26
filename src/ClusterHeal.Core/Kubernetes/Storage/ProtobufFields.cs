using System.Text;
using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads and removes fields of a protobuf message by their path of field numbers.</summary>
internal static class ProtobufFields
{
    /// <summary>A message without some fields.</summary>
    /// <param name="message">The message.</param>
    /// <param name="way">The field numbers on the path to the field.</param>
    /// <param name="entry">The key of the one entry to remove from a map; null to remove the whole field.</param>
    public static byte[] Without(ReadOnlySpan<byte> message, ReadOnlySpan<int> way, string? entry = null)
    {
        using var result = new MemoryStream();
        var fields = new ProtobufReader(message);
        while (fields.Read())
        {
            if (fields.Field != way[0]) result.Write(fields.Encoded);
            else if (way.Length > 1 && fields.IsBytes) Write(result, fields.Field, Without(fields.Value, way[1..], entry));
            else if (way.Length > 1 || (entry is not null && !IsEntry(fields.Value, entry))) result.Write(fields.Encoded);
        }

        // A message that cannot be read to its end stays as it is. The server will report what is wrong.
        return fields.IsMalformed ? message.ToArray() : result.ToArray();
    }

    /// <summary>Adds the bytes of each field of that kind to a list; a number as <c>true</c> or <c>false</c>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="way">The field numbers on the path to the field.</param>
    /// <param name="values">Gets the values.</param>
    public static void Collect(ReadOnlySpan<byte> message, ReadOnlySpan<int> way, List<byte[]> values)
    {
        var fields = new ProtobufReader(message);
        while (fields.Read())
        {
            if (fields.Field != way[0]) continue;
            if (way.Length > 1) Collect(fields.Value, way[1..], values);
            else values.Add(fields.IsBytes ? fields.Value.ToArray() : fields.Number == 0 ? "false"u8.ToArray() : "true"u8.ToArray());
        }
    }

    /// <summary>Writes a field that holds a text, bytes or a message.</summary>
    public static void Write(Stream stream, int field, ReadOnlySpan<byte> bytes)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }

    /// <summary>The key of a map's entry, or the first text of any other message.</summary>
    public static string KeyOf(ReadOnlySpan<byte> entry)
    {
        var fields = new ProtobufReader(entry);
        while (fields.Read())
        {
            if (fields.Field == 1) return Encoding.UTF8.GetString(fields.Value);
        }

        return "";
    }

    private static bool IsEntry(ReadOnlySpan<byte> entry, string key) => KeyOf(entry) == key;
}
