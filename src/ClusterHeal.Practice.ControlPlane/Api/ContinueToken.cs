using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Where the next page of a list begins.</summary>
/// <param name="Revision">The revision of the first page.</param>
/// <param name="After">The key of the last object that was sent.</param>
internal sealed record ContinueToken(long Revision, string After)
{
    /// <summary>Reads a token that a client sent back.</summary>
    /// <exception cref="ApiFault">It is none of ours.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
            var token = Json.Parse(Convert.FromBase64String(padded));
            return new ContinueToken(token.Number("rv")!.Value, token.Text("start")!.TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw ApiFault.BadRequest($"continue key is not valid: {e.Message}");
        }
    }

    public override string ToString()
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Revision, ["start"] = After + "\0" };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
