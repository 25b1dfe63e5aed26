using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// API servers store the definition of a custom resource as v1beta1, the shorter form, and since 1.22 serve only v1. This makes the served form from
/// the stored one, as the server itself does when it reads it. (Kubernetes: apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go,
/// v1beta1/defaults.go)
/// </summary>
internal static class StoredDefinition
{
    private const string StoredVersion = "apiextensions.k8s.io/v1beta1", ServedVersion = "apiextensions.k8s.io/v1";

    /// <summary>Fields that the stored form has once for all versions, and the served form in each version.</summary>
    private static readonly (string Stored, string Served)[] Shared =
        [("validation", "schema"), ("subresources", "subresources"), ("additionalPrinterColumns", "additionalPrinterColumns"), ("selectableFields", "selectableFields")];

    /// <summary>The served form of a definition, without its status. Every other value comes back as it is.</summary>
    public static byte[] AsServed(byte[] value)
    {
        var envelope = StorageEnvelope.Open(value);
        if (envelope.Form != StoredObjectForm.Json || envelope.ApiVersion != StoredVersion || envelope.Kind != "CustomResourceDefinition") return value;
        try
        {
            var definition = JsonFields.Parse(envelope.Body);
            definition["apiVersion"] = ServedVersion;
            definition.Remove("status");
            if (definition["spec"] is JsonObject spec) Convert(spec);
            return JsonFields.Write(definition);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // A text or a name that no object can have. The server will report it.
            return value;
        }
    }

    private static void Convert(JsonObject spec)
    {
        var version = Take(spec, "version");
        if (spec["versions"] is not JsonArray { Count: > 0 } && version is not null)
            spec["versions"] = new JsonArray(new JsonObject { ["name"] = version, ["served"] = true, ["storage"] = true });
        JsonObject[] versions = [.. Items(spec["versions"])];
        foreach (var (stored, served) in Shared)
        {
            if (Take(spec, stored) is not { } field) continue;
            foreach (var each in versions) each[served] = field.DeepClone();
        }

        foreach (var column in versions.SelectMany(each => Items(each["additionalPrinterColumns"])))
        {
            if (Take(column, "JSONPath") is { } path) column["jsonPath"] = path;
        }

        if (spec["conversion"] is JsonObject conversion) ConvertWebhook(conversion);
        // A missing value means true in v1beta1, and false in v1.
        if (Take(spec, "preserveUnknownFields") is not JsonValue preserves || preserves.GetValueKind() != JsonValueKind.False) spec["preserveUnknownFields"] = true;
    }

    private static void ConvertWebhook(JsonObject conversion)
    {
        var (client, reviews) = (Take(conversion, "webhookClientConfig"), Take(conversion, "conversionReviewVersions"));
        if (client is null && reviews is null) return;
        var webhook = new JsonObject();
        if (client is not null) webhook["clientConfig"] = client;
        if (reviews is not null) webhook["conversionReviewVersions"] = reviews;
        conversion["webhook"] = webhook;
    }

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    private static JsonNode? Take(JsonObject parent, string name)
    {
        var node = parent[name];
        parent.Remove(name);
        return node;
    }
}
