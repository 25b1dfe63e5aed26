using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>A refusal. The client gets it as a <c>Status</c> with the message of the real API server.</summary>
/// <param name="code">The HTTP status.</param>
/// <param name="reason">The reason by which clients tell refusals apart, or null if the server gives none.</param>
/// <param name="message">The message.</param>
/// <param name="details">What it is about, or null.</param>
internal sealed class ApiFault(int code, string? reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public string? Reason => reason;

    /// <summary>After how many seconds the client should try again, or null.</summary>
    public int? RetryAfterSeconds { get; init; }

    public JsonObject Status()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message,
        };
        if (reason is not null) status["reason"] = reason;
        var about = details?.Copy();
        if (RetryAfterSeconds is { } seconds) (about ??= [])["retryAfterSeconds"] = seconds;
        if (about is not null) status["details"] = about;
        status["code"] = code;
        return status;
    }

    public static ApiFault NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedName} \"{name}\" not found", Details(kind, name, kind.Plural));

    public static ApiFault NoSuchPath() =>
        new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiFault AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedName} \"{name}\" already exists", Details(kind, name, kind.Plural));

    public static ApiFault Modified(ResourceKind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiFault Conflict(ResourceKind kind, string name, string why) => new(
        409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedName} \"{name}\": {why}", Details(kind, name, kind.Plural));

    public static ApiFault BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiFault MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiFault UnsupportedMediaType(string accepted) => new(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}", []);

    /// <summary>An object that breaks the rules of its kind.</summary>
    public static ApiFault Invalid(ResourceKind kind, string name, string field, string reason, string message)
    {
        var details = Details(kind, name, kind.Kind);
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = reason, ["message"] = message, ["field"] = field });
        var what = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return new ApiFault(422, "Invalid", $"{what} \"{name}\" is invalid: {field}: {message}", details);
    }

    /// <summary>A JSON patch whose test failed, or that names what is not there.</summary>
    public static ApiFault PatchFailed() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    public static ApiFault Forbidden(ResourceKind? kind, string? name, string message)
    {
        var details = new JsonObject();
        if (name is { Length: > 0 }) details["name"] = name;
        if (kind is { Group.Length: > 0 }) details["group"] = kind.Group;
        if (kind is not null) details["kind"] = kind.Plural;
        return new ApiFault(403, "Forbidden", message, details);
    }

    public static ApiFault NamespaceEnds(ResourceKind kind, string name, string ns)
    {
        var details = Details(kind, name, kind.Plural);
        details["causes"] = new JsonArray(new JsonObject
        {
            ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {ns} is being terminated", ["field"] = "metadata.namespace",
        });
        var why = $"unable to create new content in namespace {ns} because it is being terminated";
        return new ApiFault(403, "Forbidden", $"{kind.QualifiedName} \"{name}\" is forbidden: {why}", details);
    }

    public static ApiFault Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiFault Expired(string message) => new(410, "Expired", message);

    public static ApiFault Timeout() => new(
        504, "Timeout", "Timeout: request did not complete within requested timeout - context deadline exceeded", []);

    /// <summary>A revision that the server has not reached.</summary>
    public static ApiFault TooLargeRevision(long asked, long current)
    {
        var causes = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" });
        var message = $"Timeout: Too large resource version: {asked}, current: {current}";
        return new ApiFault(504, "Timeout", message, new JsonObject { ["causes"] = causes }) { RetryAfterSeconds = 1 };
    }

    public static ApiFault Initializing() => new(429, "TooManyRequests", "storage is (re)initializing", []) { RetryAfterSeconds = 1 };

    private static JsonObject Details(ResourceKind kind, string name, string kindText)
    {
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kindText;
        return details;
    }
}
