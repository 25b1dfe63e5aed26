using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads and removes fields of JSON by their path.</summary>
internal static class JsonFields
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = StorageEnvelope.JsonOptions.MaxDepth };
    private static readonly JsonWriterOptions Writing = new() { MaxDepth = StorageEnvelope.JsonOptions.MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads an object.</summary>
    /// <exception cref="JsonException">It is not an object.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> json) => JsonNode.Parse(json, null, Deep) as JsonObject ?? throw new JsonException("It is no object.");

    public static byte[] Write(JsonObject json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writing)) json.WriteTo(writer);
        return stream.ToArray();
    }

    /// <summary>Removes a field, or one entry of a map. If it is in a list, from each item.</summary>
    public static void Remove(JsonNode? node, ReadOnlySpan<string> way, string? entry = null)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Remove(item, way, entry);
        }
        else if (node is JsonObject map)
        {
            if (way.Length > 1) Remove(map[way[0]], way[1..], entry);
            else if (entry is null) map.Remove(way[0]);
            else (map[way[0]] as JsonObject)?.Remove(entry);
        }
    }

    /// <summary>Adds the text of each field of that kind to a list.</summary>
    public static void Collect(JsonNode? node, ReadOnlySpan<string> way, List<string> values)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Collect(item, way, values);
        }
        else if (way.Length > 0)
        {
            if (node is JsonObject map) Collect(map[way[0]], way[1..], values);
        }
        else if (node is JsonValue value)
        {
            values.Add(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
        }
    }
}
