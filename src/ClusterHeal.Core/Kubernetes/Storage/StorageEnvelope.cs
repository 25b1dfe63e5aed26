using System.Text;
using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// A value as the API server stores it in etcd, split into its parts without any kind's schema. (Kubernetes:
/// apimachinery/pkg/runtime/serializer/protobuf, apimachinery/pkg/runtime/generated.proto Unknown and TypeMeta,
/// apiserver/pkg/server/options/encryptionconfig)
/// </summary>
internal readonly ref struct StorageEnvelope
{
    /// <summary>Custom resources may nest as deep as the server's own reader allows (sigs.k8s.io/json: maxNestingDepth).</summary>
    public static readonly JsonReaderOptions JsonOptions = new() { MaxDepth = 10_000 };

    private const string CutShort = "is cut short or damaged";

    /// <summary>The prefix of protobuf values, in etcd and in requests.</summary>
    public static ReadOnlySpan<byte> ProtobufPrefix => "k8s\0"u8;

    private static ReadOnlySpan<byte> EncryptedPrefix => "k8s:enc:"u8;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public StoredObjectForm Form { get; private init; }

    /// <summary>Group and version; empty if they are not readable.</summary>
    public string ApiVersion { get; private init; }

    /// <summary>The kind; empty if it is not readable.</summary>
    public string Kind { get; private init; }

    /// <summary>The object in its own protobuf or as JSON, or what an encryption provider wrote after its prefix.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>The metadata: an ObjectMeta in protobuf, or a JSON object. Empty if they are not readable.</summary>
    public ReadOnlySpan<byte> Metadata { get; private init; }

    /// <summary>Provider, version and key name of an encrypted value: <c>aescbc:v1:key1</c>; otherwise empty.</summary>
    public string Encryption { get; private init; }

    /// <summary>What is wrong with it, as the rest of a sentence about the value; null if nothing is.</summary>
    public string? Problem { get; private init; }

    /// <summary>Splits a value into its parts. Any bytes are accepted; what cannot be read is <see cref="StoredObjectForm.Unknown"/>.</summary>
    public static StorageEnvelope Open(ReadOnlySpan<byte> value)
    {
        if (value.StartsWith(ProtobufPrefix)) return OpenProtobuf(value[ProtobufPrefix.Length..]);
        if (value.StartsWith(EncryptedPrefix)) return OpenEncrypted(value[EncryptedPrefix.Length..]);
        if (value.StartsWith("k8s"u8)) return Unknown("has an envelope of Kubernetes of an unknown version");
        var json = (value.StartsWith(ByteOrderMark) ? value[ByteOrderMark.Length..] : value).TrimStart(" \t\r\n"u8);
        if (json.Length > 0 && json[0] == (byte)'{') return OpenJson(json);
        return Unknown(value.IsEmpty ? "is empty" : "is neither Kubernetes' protobuf nor JSON nor encrypted by Kubernetes");
    }

    private static StorageEnvelope OpenProtobuf(ReadOnlySpan<byte> unknown)
    {
        ReadOnlySpan<byte> type = [], body = [], metadata = [];
        var encoding = false;
        var reader = new ProtobufReader(unknown);
        while (reader.Read())
        {
            if (reader.Field == 1) type = reader.Value;
            else if (reader.Field == 2) body = reader.Value;
            else if (reader.Field == 3) encoding = reader.Value.Length > 0;
        }

        if (reader.IsMalformed) return Unknown(CutShort);
        if (encoding) return Unknown("has a content encoding, which no API server writes");
        var (apiVersion, kind) = ("", "");
        var types = new ProtobufReader(type);
        while (types.Read())
        {
            if (types.Field == 1) apiVersion = Encoding.UTF8.GetString(types.Value);
            else if (types.Field == 2) kind = Encoding.UTF8.GetString(types.Value);
        }

        var hasMetadata = false;
        var fields = new ProtobufReader(body);
        while (fields.Read())
        {
            if (fields.Field != 1 || !fields.IsBytes) continue;
            metadata = fields.Value;
            hasMetadata = true;
        }

        if (kind.Length == 0 && !types.IsMalformed) return Unknown("names no kind");
        // Every stored kind has metadata, so a value without them was cut off.
        if (types.IsMalformed || fields.IsMalformed || !hasMetadata) return Unknown(CutShort);
        return new StorageEnvelope
        {
            Form = StoredObjectForm.Protobuf, ApiVersion = apiVersion, Kind = kind, Body = body, Metadata = metadata, Encryption = "",
        };
    }

    private static StorageEnvelope OpenEncrypted(ReadOnlySpan<byte> rest)
    {
        const int LongestName = 300;
        const int Parts = 3;
        var header = rest[..Math.Min(rest.Length, LongestName)];
        var end = 0;
        for (var part = 0; part < Parts; part++)
        {
            var length = header[end..].IndexOf((byte)':');
            if (length < 0) return Unknown("begins as if it was encrypted, and names no provider and key");
            end += length + 1;
        }

        return new StorageEnvelope
        {
            Form = StoredObjectForm.Encrypted, ApiVersion = "", Kind = "", Body = rest[end..], Encryption = Encoding.UTF8.GetString(header[..(end - 1)]),
        };
    }

    private static StorageEnvelope OpenJson(ReadOnlySpan<byte> json)
    {
        var (apiVersion, kind, start, end) = ("", "", 0, 0);
        try
        {
            var reader = new Utf8JsonReader(json, JsonOptions);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var property = reader.ValueTextEquals("apiVersion"u8) ? 1 : reader.ValueTextEquals("kind"u8) ? 2 : reader.ValueTextEquals("metadata"u8) ? 3 : 0;
                reader.Read();
                if (property == 1 && reader.TokenType == JsonTokenType.String) apiVersion = reader.GetString()!;
                else if (property == 2 && reader.TokenType == JsonTokenType.String) kind = reader.GetString()!;
                var at = (int)reader.TokenStartIndex;
                var isMetadata = property == 3 && reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (isMetadata) (start, end) = (at, (int)reader.BytesConsumed);
            }

            // Bytes after the object would be an error here.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A text that is not UTF-8 throws an InvalidOperationException.
            return Unknown("begins as JSON and is none: it " + CutShort);
        }

        if (kind.Length == 0) return Unknown("is JSON that names no kind");
        if (end == 0) return Unknown("is JSON without metadata");
        return new StorageEnvelope
        {
            Form = StoredObjectForm.Json, ApiVersion = apiVersion, Kind = kind, Body = json, Metadata = json[start..end], Encryption = "",
        };
    }

    private static StorageEnvelope Unknown(string problem) => new()
    {
        Form = StoredObjectForm.Unknown, ApiVersion = "", Kind = "", Encryption = "", Problem = problem,
    };
}
