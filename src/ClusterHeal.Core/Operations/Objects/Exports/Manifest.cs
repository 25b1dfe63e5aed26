using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Operations;

/// <summary>An object as people write it: without the fields that only a server sets.</summary>
internal static class Manifest
{
    /// <summary>Owners, too: if an owner does not exist, the object is deleted as soon as it is created.</summary>
    private static readonly string[] ServerMetadata =
    [
        "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "ownerReferences", "resourceVersion",
        "selfLink", "uid",
    ];

    // Files are not HTML: the text of a manifest stays readable.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 10_000 };

    /// <summary>Writes the manifest of an object.</summary>
    /// <param name="json">The object as JSON.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="JsonException">It is no object, is damaged, or nests too deeply for a manifest.</exception>
    public static byte[] Write(ReadOnlySpan<byte> json, ManifestFormat format)
    {
        try
        {
            return Make(json, format);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Texts are decoded when they are used. Faults are bytes that are not UTF-8, half of a surrogate pair, or a duplicate name.
            throw new JsonException("It has a text or a name that no object can have.");
        }
    }

    private static byte[] Make(ReadOnlySpan<byte> json, ManifestFormat format)
    {
        var manifest = JsonNode.Parse(json, null, Deep) as JsonObject ?? throw new JsonException("It is no object.");
        manifest.Remove("status");
        if (manifest["metadata"] is JsonObject metadata)
        {
            foreach (var name in ServerMetadata) metadata.Remove(name);
        }

        var text = format == ManifestFormat.Json ? manifest.ToJsonString(Indented) + "\n" : ManifestYaml.Write(manifest);
        return Encoding.UTF8.GetBytes(text);
    }
}
