using System.Text.Json;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads metadata from JSON. A value of the wrong type is ignored: such an object cannot have come from a server.</summary>
internal static class JsonMetadata
{
    /// <summary>Reads the JSON object; null if it is malformed.</summary>
    public static StorageMetadata? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, StorageEnvelope.JsonOptions);
            using var document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair throws an InvalidOperationException.
            return null;
        }
    }

    private static StorageMetadata Read(JsonElement metadata) => new()
    {
        Name = Text(metadata, "name"),
        GenerateName = Text(metadata, "generateName"),
        Namespace = Text(metadata, "namespace"),
        Uid = Text(metadata, "uid"),
        Generation = Property(metadata, "generation", JsonValueKind.Number) is { } number && number.TryGetInt64(out var generation) ? generation : 0,
        CreationTimestamp = Time(metadata, "creationTimestamp"),
        DeletionTimestamp = Time(metadata, "deletionTimestamp"),
        Labels = Texts(metadata, "labels"),
        Annotations = Texts(metadata, "annotations"),
        Owners = [.. Items(metadata, "ownerReferences", JsonValueKind.Object).Select(Owner)],
        Finalizers = [.. Items(metadata, "finalizers", JsonValueKind.String).Select(item => item.GetString()!)],
    };

    private static EtcdSnapshotOwner Owner(JsonElement owner) => new(
        Text(owner, "apiVersion"), Text(owner, "kind"), Text(owner, "name"), Text(owner, "uid"), Property(owner, "controller", JsonValueKind.True) is not null);

    private static Dictionary<string, string> Texts(JsonElement parent, string name)
    {
        Dictionary<string, string> texts = [];
        if (Property(parent, name, JsonValueKind.Object) is not { } map) return texts;
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.String) texts[entry.Name] = entry.Value.GetString()!;
        }

        return texts;
    }

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name, JsonValueKind kind) =>
        Property(parent, name, JsonValueKind.Array) is { } list ? list.EnumerateArray().Where(item => item.ValueKind == kind) : [];

    private static DateTimeOffset? Time(JsonElement parent, string name) =>
        Property(parent, name, JsonValueKind.String) is { } text && text.TryGetDateTimeOffset(out var time) ? time : null;

    private static string Text(JsonElement parent, string name) => Property(parent, name, JsonValueKind.String)?.GetString() ?? "";

    private static JsonElement? Property(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
