using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Merge patches (RFC 7386) and JSON patches (RFC 6902).</summary>
internal static class Patches
{
    /// <summary>Merges a patch in; null removes.</summary>
    public static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject changes)
            {
                if (target[name] is not JsonObject child) target[name] = child = [];
                Merge(child, changes);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    /// <summary>Runs the operations of a JSON patch, all or none.</summary>
    /// <exception cref="ApiFault">A test fails, or a path leads nowhere.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode root = target.DeepClone();
        foreach (var operation in operations.OfType<JsonObject>())
        {
            var path = Steps(operation, "path");
            switch ((string?)operation["op"])
            {
                case "add":
                    Add(ref root, path, operation["value"]?.DeepClone());
                    break;
                case "remove":
                    Remove(root, path);
                    break;
                case "replace":
                    Remove(root, path);
                    Add(ref root, path, operation["value"]?.DeepClone());
                    break;
                case "move":
                    var moved = Find(root, Steps(operation, "from"))?.DeepClone();
                    Remove(root, Steps(operation, "from"));
                    Add(ref root, path, moved);
                    break;
                case "copy":
                    Add(ref root, path, Find(root, Steps(operation, "from"))?.DeepClone());
                    break;
                case "test" when JsonNode.DeepEquals(Find(root, path), operation["value"]):
                    break;
                default:
                    throw ApiFault.PatchFailed();
            }
        }
        return root as JsonObject ?? throw ApiFault.PatchFailed();
    }

    private static string[] Steps(JsonObject operation, string field)
    {
        var pointer = (string?)operation[field] ?? throw ApiFault.PatchFailed();
        return [.. pointer.Split('/').Skip(1)
            .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Find(JsonNode? node, IEnumerable<string> path)
    {
        foreach (var step in path)
        {
            node = node switch
            {
                JsonObject map when map.ContainsKey(step) => map[step],
                JsonArray list when Index(list, step) is { } index && index < list.Count => list[index],
                _ => throw ApiFault.PatchFailed(),
            };
        }
        return node;
    }

    private static void Add(ref JsonNode root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value ?? throw ApiFault.PatchFailed();
            return;
        }
        switch (Find(root, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when Index(list, path[^1]) is { } index:
                list.Insert(index, value);
                break;
            default:
                throw ApiFault.PatchFailed();
        }
    }

    private static void Remove(JsonNode root, string[] path)
    {
        if (path.Length == 0) return;
        switch (Find(root, path[..^1]))
        {
            case JsonObject map when map.Remove(path[^1]):
                break;
            case JsonArray list when Index(list, path[^1]) is { } index && index < list.Count:
                list.RemoveAt(index);
                break;
            default:
                throw ApiFault.PatchFailed();
        }
    }

    private static int? Index(JsonArray list, string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= list.Count ? index : null;
}
