using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Reads bodies and writes answers.</summary>
internal static class Answer
{
    public static Task WriteAsync(HttpContext context, int code, JsonNode node)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        byte[] body = [.. node.Bytes(), (byte)'\n'];
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    public static Task WriteAsync(HttpContext context, ApiFault fault)
    {
        if (fault.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        }
        return WriteAsync(context, fault.Code, fault.Status());
    }

    public static Task WriteTextAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(text);
        return context.Response.WriteAsync(text);
    }

    /// <summary>Reads a body that must be an object in JSON.</summary>
    /// <exception cref="ApiFault">It is something else.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpContext context, CancellationToken cancellationToken) =>
        await ReadAsync(context, cancellationToken) as JsonObject ?? throw ApiFault.BadRequest("the body of the request is not an object");

    /// <summary>Reads the options of a deletion, which may be left out.</summary>
    public static async Task<JsonObject> ReadOptionsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var options = context.Request.ContentLength is 0 or null && !context.Request.Headers.ContainsKey("Transfer-Encoding")
            && context.Request.ContentType is null
            ? []
            : await ReadObjectAsync(context, cancellationToken);
        if (int.TryParse(context.Request.Query["gracePeriodSeconds"], out var grace)) options["gracePeriodSeconds"] = grace;
        if (context.Request.Query["propagationPolicy"].ToString() is { Length: > 0 } policy) options["propagationPolicy"] = policy;
        return options;
    }

    /// <summary>Reads a body in JSON.</summary>
    /// <exception cref="ApiFault">It is none.</exception>
    public static async Task<JsonNode> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Request.ContentType is { } type && !type.Contains("json", StringComparison.Ordinal) && type != "*/*")
        {
            throw ApiFault.UnsupportedMediaType("application/json");
        }
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: cancellationToken)
                ?? throw ApiFault.BadRequest("the body of the request is empty");
        }
        catch (JsonException e)
        {
            throw ApiFault.BadRequest($"the object provided is unrecognized (must be of type JSON): {e.Message}");
        }
    }

    /// <summary>True if the client wants to see what would happen.</summary>
    /// <exception cref="ApiFault">The value is none that exists.</exception>
    public static bool IsDryRun(HttpContext context)
    {
        var value = context.Request.Query["dryRun"].ToString();
        if (value.Length == 0) return false;
        if (value == "All") return true;
        throw new ApiFault(422, "Invalid", $"dryRun: Unsupported value: \"{value}\": supported values: \"All\"", []);
    }
}
