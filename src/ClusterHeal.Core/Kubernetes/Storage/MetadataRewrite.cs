using System.Text;
using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Makes a request body of a stored protobuf value: the object as it is stored, without the metadata that only a server sets, and under another
/// name or namespace where that is wanted. No kind's schema is needed, as the metadata are field 1 of every kind.
/// </summary>
internal sealed record MetadataRewrite
{
    private const int NameField = 1, NamespaceField = 3;

    /// <summary>generateName, selfLink, uid, resourceVersion, generation, creation and deletion, owners, managedFields.</summary>
    private static readonly int[] ServerFields = [2, 4, 5, 6, 7, 8, 9, 10, 13, 17];

    /// <summary>The name; null for the stored one.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace; null for the stored one.</summary>
    public string? Namespace { get; init; }

    /// <summary>Rewrites a value that <see cref="StorageEnvelope.Open"/> called protobuf.</summary>
    /// <param name="value">The stored value.</param>
    public byte[] Apply(ReadOnlySpan<byte> value)
    {
        const int TypeMeta = 1, Raw = 2;
        var envelope = StorageEnvelope.Open(value);
        var unknown = new ProtobufReader(value[StorageEnvelope.ProtobufPrefix.Length..]);
        using var result = new MemoryStream();
        result.Write(StorageEnvelope.ProtobufPrefix);
        while (unknown.Read())
        {
            if (unknown.Field == TypeMeta) result.Write(unknown.Encoded);
        }

        WriteField(result, Raw, Body(envelope.Body));
        return result.ToArray();
    }

    private byte[] Body(ReadOnlySpan<byte> body)
    {
        using var result = new MemoryStream();
        var fields = new ProtobufReader(body);
        while (fields.Read())
        {
            if (fields.Field == 1 && fields.IsBytes) WriteField(result, 1, Metadata(fields.Value));
            else result.Write(fields.Encoded);
        }

        return result.ToArray();
    }

    private byte[] Metadata(ReadOnlySpan<byte> metadata)
    {
        using var result = new MemoryStream();
        var fields = new ProtobufReader(metadata);
        while (fields.Read())
        {
            if (ServerFields.Contains(fields.Field)) continue;
            if (fields.Field == NameField && Name is not null) WriteField(result, NameField, Encoding.UTF8.GetBytes(Name));
            else if (fields.Field == NamespaceField && Namespace is not null) WriteField(result, NamespaceField, Encoding.UTF8.GetBytes(Namespace));
            else result.Write(fields.Encoded);
        }

        return result.ToArray();
    }

    private static void WriteField(MemoryStream stream, int field, byte[] bytes)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
    }
}
