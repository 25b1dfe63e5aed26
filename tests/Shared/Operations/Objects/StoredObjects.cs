using System.Text;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Values as an API server stores them.</summary>
internal static class StoredObjects
{
    /// <summary>A JSON object as a server would store it under a key.</summary>
    public static byte[] Json(string key, string data)
    {
        var parts = key.Split('/');
        var name = System.Text.Json.JsonSerializer.Serialize(parts[^1]);
        return Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"Thing","metadata":{"name":{{{name}}},"uid":"{{{key.Length}}}-{{{data.Length}}}"},"data":"{{{data}}}"}""");
    }

    /// <summary>A pod in protobuf, as a server would store it, made with Google's writer.</summary>
    public static byte[] Protobuf(string name, string annotation = "n", ulong? seconds = null)
    {
        var created = Message(o =>
        {
            o.WriteTag(1, WireFormat.WireType.Varint);
            o.WriteUInt64(seconds ?? 1767323045);
        });
        var note = Message(o => Text(o, 1, "note", 2, annotation));
        var metadata = Message(o =>
        {
            Text(o, 1, name);
            o.WriteTag(7, WireFormat.WireType.Varint);
            o.WriteInt64(7);
            Bytes(o, 8, created);
            Bytes(o, 12, note);
        });
        var pod = Message(o => Bytes(o, 1, metadata));
        var type = Message(o => Text(o, 1, "v1", 2, "Pod"));
        return [.. "k8s\0"u8, .. Message(o =>
        {
            Bytes(o, 1, type);
            Bytes(o, 2, pod);
            Text(o, 3, "", 4, "");
        })];
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        write(output);
        output.Flush();
        return stream.ToArray();
    }

    private static void Text(CodedOutputStream output, params object[] fields)
    {
        foreach (var pair in fields.Chunk(2))
        {
            output.WriteTag((int)pair[0], WireFormat.WireType.LengthDelimited);
            output.WriteString((string)pair[1]);
        }
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }
}
