using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Practice.ControlPlane.Objects;

/// <summary>Reads and writes single fields of objects whose other fields nobody here knows.</summary>
internal static class Json
{
    /// <summary>How objects are written: compact, and with the characters that Go leaves as they are.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The node at the end of a path, or null if the path breaks off.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path) node = (node as JsonObject)?[step];
        return node;
    }

    /// <summary>A text, or null if there is none.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A whole number, or null if there is none.</summary>
    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value) return null;
        if (value.TryGetValue<long>(out var number)) return number;
        return value.TryGetValue<int>(out var small) ? small : null;
    }

    /// <summary>True only if the field is true.</summary>
    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>A time in RFC 3339, or null if there is none.</summary>
    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The objects of a list; none if there is no list.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>The texts of a list; none if there is no list.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.Select(item => item.Text()).OfType<string>() : [];

    /// <summary>The texts of a map; none if there is no map.</summary>
    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonObject { Count: > 0 } map) return Empty;
        return map.ToDictionary(pair => pair.Key, pair => pair.Value.Text() ?? "", StringComparer.Ordinal);
    }

    /// <summary>The object at a field, made if there is none.</summary>
    public static JsonObject Child(this JsonObject node, string name)
    {
        if (node[name] is not JsonObject child) node[name] = child = [];
        return child;
    }

    /// <summary>Sets a field if it has no value yet.</summary>
    public static void Default(this JsonObject node, string name, JsonNode? value)
    {
        if (node[name] is null) node[name] = value;
    }

    /// <summary>A copy that shares nothing.</summary>
    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonObject Parse(ReadOnlySpan<byte> utf8) =>
        JsonNode.Parse(utf8) as JsonObject ?? throw new JsonException("not an object");

    public static byte[] Bytes(this JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Options);

    /// <summary>A time as the API writes it, to the second.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A time as leases have it, to the microsecond.</summary>
    public static string MicroStamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, string> Empty = [];
}
