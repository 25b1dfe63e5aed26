using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>
/// As much of the OpenAPI documents as kubectl needs: it asks version 3 whether the server validates fields itself, and version 2
/// for schemas, of which there are none here.
/// </summary>
internal static class OpenApi
{
    /// <summary>An empty document of version 2 in protobuf: field 1 <c>"2.0"</c>, field 2 a title and a version.</summary>
    public static readonly byte[] EmptyVersion2 = [0x0a, 3, (byte)'2', (byte)'.', (byte)'0', 0x12, 6, 0x0a, 1, (byte)'k', 0x12, 1,
        (byte)'1'];

    /// <summary>The media type of <see cref="EmptyVersion2"/>.</summary>
    public const string Version2Type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>The answer to a path below <c>/openapi/v3</c>, or null.</summary>
    public static JsonObject? Of(string path)
    {
        const string Root = "/openapi/v3";
        if (path == Root)
        {
            var paths = new JsonObject();
            foreach (var (group, version) in Discovery.GroupVersions())
            {
                var name = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
                paths[name] = new JsonObject { ["serverRelativeURL"] = $"{Root}/{name}?hash=practice" };
            }
            return new JsonObject { ["paths"] = paths };
        }

        var below = path[Root.Length..];
        var kinds = ResourceKinds.All.Where(kind => kind.Path(null)[..^(kind.Plural.Length + 1)] == below).ToArray();
        return kinds.Length == 0 ? null : Document(kinds);
    }

    private static JsonObject Document(IEnumerable<ResourceKind> kinds)
    {
        var paths = new JsonObject();
        foreach (var kind in kinds)
        {
            paths[kind.Path(kind.Namespaced ? "{namespace}" : null) + "/{name}"] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray(new JsonObject { ["name"] = "fieldValidation", ["in"] = "query" }),
                    ["responses"] = new JsonObject(),
                    ["x-kubernetes-group-version-kind"] =
                        new JsonObject { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind },
                },
            };
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.2+practice" },
            ["paths"] = paths,
        };
    }
}
