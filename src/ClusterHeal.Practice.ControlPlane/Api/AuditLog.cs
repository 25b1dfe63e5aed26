using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>
/// The file of <c>--audit-log-path</c>: a line for every request when it arrives, as the real server writes it for a policy of the level
/// Metadata that leaves out all later stages.
/// </summary>
internal sealed class AuditLog(string path) : IDisposable
{
    private readonly StreamWriter _file = new(path, append: true) { AutoFlush = true };

    /// <summary>Notes who asks for what.</summary>
    public void Note(HttpContext context, Identity who, string verb)
    {
        var request = context.Request;
        var line = new JsonObject
        {
            ["kind"] = "Event", ["apiVersion"] = "audit.k8s.io/v1", ["level"] = "Metadata",
            ["auditID"] = context.Response.Headers["audit-id"].ToString(), ["stage"] = "RequestReceived",
            ["requestURI"] = $"{request.Path}{request.QueryString}", ["verb"] = verb,
            ["user"] = new JsonObject { ["username"] = who.User, ["groups"] = new JsonArray([.. who.Groups.Select(g => (JsonNode)g)]) },
            ["userAgent"] = request.Headers.UserAgent.ToString(),
        };
        lock (_file) _file.WriteLine(line.ToJsonString());
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
