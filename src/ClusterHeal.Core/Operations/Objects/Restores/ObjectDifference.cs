using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Operations;

/// <summary>Compares two states of an object, as the API server shows them, field by field.</summary>
internal static class ObjectDifference
{
    private const int LongestValue = 200, Deepest = 500;

    private static readonly string[] ServerMetadata = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    private static readonly JsonSerializerOptions Readable = new() { MaxDepth = Deepest, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The fields that differ, without the status and the fields that only a server sets.</summary>
    /// <param name="live">The live object as JSON.</param>
    /// <param name="snapshot">What the server would make of the stored one.</param>
    /// <param name="isConfidential">True to name fields without their values.</param>
    /// <returns>The fields; the whole object as one field if it nests too deeply to be compared.</returns>
    public static IReadOnlyList<ClusterObjectChange> Between(byte[] live, byte[] snapshot, bool isConfidential)
    {
        List<ClusterObjectChange> changes = [];
        try
        {
            Compare("", Bare(live), Bare(snapshot), isConfidential, changes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return [new ClusterObjectChange("(object)", "", "")];
        }

        return changes;
    }

    private static JsonObject Bare(byte[] json)
    {
        var bare = JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = Deepest })!.AsObject();
        bare.Remove("status");
        if (bare["metadata"] is JsonObject metadata)
        {
            foreach (var name in ServerMetadata) metadata.Remove(name);
        }

        return bare;
    }

    private static void Compare(string field, JsonNode? live, JsonNode? snapshot, bool isConfidential, List<ClusterObjectChange> changes)
    {
        if (JsonNode.DeepEquals(live, snapshot)) return;
        if (live is JsonObject mine && snapshot is JsonObject theirs)
        {
            foreach (var name in mine.Select(entry => entry.Key).Union(theirs.Select(entry => entry.Key)).Order(StringComparer.Ordinal))
                Compare(Below(field, name), mine[name], theirs[name], isConfidential, changes);
        }
        else if (live is JsonArray items && snapshot is JsonArray others && items.Count == others.Count)
        {
            for (var i = 0; i < items.Count; i++) Compare($"{field}[{i}]", items[i], others[i], isConfidential, changes);
        }
        else
        {
            var isHidden = isConfidential || field.Contains(Confidential.LastApplied, StringComparison.Ordinal);
            changes.Add(isHidden ? new ClusterObjectChange(field, "", "") : new ClusterObjectChange(field, Text(live), Text(snapshot)));
        }
    }

    private static string Below(string field, string name) =>
        field.Length == 0 ? name : name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? $"{field}.{name}" : $"{field}['{name}']";

    private static string Text(JsonNode? node)
    {
        var text = node?.ToJsonString(Readable) ?? "";
        return text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
