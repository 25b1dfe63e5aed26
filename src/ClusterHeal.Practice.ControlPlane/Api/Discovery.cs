using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>What clients ask to find out what the server serves.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] GetAndSet = ["get", "patch", "update"];

    /// <summary>The version that the practice API server keeps to.</summary>
    public static JsonObject Version() => new()
    {
        ["major"] = "1", ["minor"] = "36", ["emulationMajor"] = "1", ["emulationMinor"] = "36", ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = "35", ["gitVersion"] = "v1.36.2+practice", ["gitCommit"] = "", ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z", ["goVersion"] = "", ["compiler"] = "", ["platform"] = "linux/amd64",
    };

    /// <summary>The answer to a discovery path, or null if the path is none.</summary>
    public static JsonObject? Of(string path, string host) => path.Trim('/').Split('/') switch
    {
        ["api"] => new JsonObject
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }),
        },
        ["api", "v1"] => Resources("", "v1"),
        ["apis"] => new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. GroupVersions().Where(gv => gv.Group.Length > 0).Select(gv => Group(gv.Group, gv.Version))]),
        },
        ["apis", var group] when GroupVersions().Any(gv => gv.Group == group) =>
            Group(group, GroupVersions().First(gv => gv.Group == group).Version, alone: true),
        ["apis", var group, var version] when GroupVersions().Contains((group, version)) => Resources(group, version),
        _ => null,
    };

    public static IEnumerable<(string Group, string Version)> GroupVersions() =>
        ResourceKinds.All.Select(kind => (kind.Group, kind.Version)).Distinct();

    private static JsonObject Group(string name, string version, bool alone = false)
    {
        JsonObject Reference() => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        var group = alone ? new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" } : [];
        group["name"] = name;
        group["versions"] = new JsonArray(Reference());
        group["preferredVersion"] = Reference();
        return group;
    }

    private static JsonObject Resources(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in ResourceKinds.All.Where(kind => kind.Group == group && kind.Version == version))
        {
            foreach (var resource in Describe(kind).OrderBy(each => each.Text("name"), StringComparer.Ordinal)) resources.Add(resource);
        }
        var list = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0) list["apiVersion"] = "v1";
        list["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        list["resources"] = resources;
        return list;
    }

    private static IEnumerable<JsonObject> Describe(ResourceKind kind)
    {
        // Namespaces are deleted one by one.
        var verbs = kind.Kind == "Namespace" ? Verbs.Where(verb => verb != "deletecollection") : Verbs;
        var resource = Entry(kind, "", kind.Kind, verbs);
        if (kind.ShortNames.Length > 0) resource["shortNames"] = Array(kind.ShortNames);
        if (kind.InAll) resource["categories"] = new JsonArray("all");
        resource["storageVersionHash"] = kind.StorageVersionHash;
        yield return resource;

        if (kind.HasStatus) yield return Entry(kind, "/status", kind.Kind, GetAndSet);
        if (kind.HasScale) yield return Entry(kind, "/scale", "Scale", GetAndSet, "autoscaling");
        if (kind.Kind == "Namespace") yield return Entry(kind, "/finalize", kind.Kind, ["update"]);
        if (kind.Kind != "Pod") yield break;
        yield return Entry(kind, "/binding", "Binding", ["create"]);
        yield return Entry(kind, "/eviction", "Eviction", ["create"], "policy");
    }

    private static JsonObject Entry(ResourceKind kind, string part, string objectKind, IEnumerable<string> verbs, string? group = null)
    {
        var entry = new JsonObject
        {
            ["name"] = kind.Plural + part, ["singularName"] = part.Length == 0 ? kind.Singular : "", ["namespaced"] = kind.Namespaced,
        };
        if (group is not null)
        {
            entry["group"] = group;
            entry["version"] = "v1";
        }
        entry["kind"] = objectKind;
        entry["verbs"] = Array(verbs);
        return entry;
    }

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
