using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>The patch that a request brings, of one of the three kinds.</summary>
internal sealed class PatchBody
{
    private readonly Func<JsonObject, JsonObject> _apply;

    private PatchBody(Func<JsonObject, JsonObject> apply) => _apply = apply;

    /// <summary>Reads the patch of a request.</summary>
    /// <exception cref="ApiFault">Its kind is not known here, or it is no JSON.</exception>
    public static async Task<PatchBody> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        const string Known = "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";
        var type = (context.Request.ContentType ?? "").Split(';')[0].Trim();
        if (!Known.Split(", ").Contains(type)) throw ApiFault.UnsupportedMediaType(Known);
        var body = await Answer.ReadAsync(context, cancellationToken);
        return type switch
        {
            "application/json-patch+json" when body is JsonArray operations => new(o => Patches.Apply(o, operations)),
            "application/merge-patch+json" when body is JsonObject patch => new(o => Merged(o, patch, Patches.Merge)),
            "application/strategic-merge-patch+json" when body is JsonObject patch => new(o => Merged(o, patch, StrategicMerge.Merge)),
            _ => throw ApiFault.BadRequest("the patch is of another form than its content type says"),
        };
    }

    /// <summary>The object with the patch in it.</summary>
    public JsonObject ApplyTo(JsonObject o) => _apply(o);

    private static JsonObject Merged(JsonObject o, JsonObject patch, Action<JsonObject, JsonObject> merge)
    {
        merge(o, patch);
        return o;
    }
}
