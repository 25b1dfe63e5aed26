using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>
/// Strategic merge patches, as kubectl sends them: a merge patch in which some lists are merged by a key of their items, and in which
/// <c>$patch</c>, <c>$retainKeys</c>, <c>$deleteFromPrimitiveList</c> and <c>$setElementOrder</c> say what a merge alone cannot.
/// </summary>
internal static class StrategicMerge
{
    /// <summary>The lists that are merged, each with the key of its items. All other lists are replaced.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = "name", ["initContainers"] = "name", ["ephemeralContainers"] = "name", ["env"] = "name", ["volumes"] = "name",
        ["imagePullSecrets"] = "name", ["secrets"] = "name", ["volumeMounts"] = "mountPath", ["volumeDevices"] = "devicePath",
        ["hostAliases"] = "ip", ["podIPs"] = "ip", ["hostIPs"] = "ip", ["topologySpreadConstraints"] = "topologyKey",
        ["conditions"] = "type", ["addresses"] = "type", ["ownerReferences"] = "uid", ["resourceClaims"] = "name",
    };

    private static readonly string[] MergedPlainLists = ["finalizers", "podCIDRs"];

    public static void Merge(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace")
        {
            target.Clear();
            foreach (var (name, value) in patch.Where(pair => pair.Key != "$patch")) target[name] = value?.DeepClone();
            return;
        }

        if (patch["$retainKeys"] is JsonArray retained)
        {
            var kept = retained.Texts().ToHashSet();
            foreach (var name in target.Select(pair => pair.Key).Where(name => !kept.Contains(name)).ToArray()) target.Remove(name);
        }

        foreach (var (name, value) in patch) MergeField(target, name, value);
        foreach (var (name, value) in patch) Order(target, name, value);
    }

    private static void MergeField(JsonObject target, string name, JsonNode? value)
    {
        const string DeleteFrom = "$deleteFromPrimitiveList/";
        if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
        {
            var gone = value.Texts().ToHashSet();
            if (target[name[DeleteFrom.Length..]] is not JsonArray plain) return;
            foreach (var item in plain.Where(item => item.Text() is { } text && gone.Contains(text)).ToArray()) plain.Remove(item);
            return;
        }
        if (name.StartsWith('$')) return;

        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject map when map.Text("$patch") == "delete":
                target.Remove(name);
                break;
            case JsonObject map:
                Merge(target.Child(name), map);
                break;
            case JsonArray list when MergeKey(name, list) is { } key && target[name] is JsonArray present:
                MergeLists(present, list, key);
                break;
            case JsonArray list when MergedPlainLists.Contains(name) && target[name] is JsonArray present:
                var known = present.Texts().ToHashSet();
                foreach (var text in list.Texts().Where(known.Add)) present.Add(text);
                break;
            case JsonArray list when MergeKey(name, list) is not null:
                target[name] = Plain(list);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static void MergeLists(JsonArray present, JsonArray patch, string key)
    {
        if (patch.Items().Any(item => item.Text("$patch") == "replace"))
        {
            present.Clear();
            foreach (var item in Plain(patch).ToArray()) present.Add(item?.DeepClone());
            return;
        }

        foreach (var item in patch.Items())
        {
            var match = present.Items().FirstOrDefault(each => JsonNode.DeepEquals(each[key], item[key]) && SameProtocol(each, item));
            if (item.Text("$patch") == "delete")
            {
                if (match is not null) present.Remove(match);
            }
            else if (match is not null)
            {
                Merge(match, item);
            }
            else
            {
                present.Add(item.DeepClone());
            }
        }
    }

    /// <summary>Ports are told apart by their protocol, too.</summary>
    private static bool SameProtocol(JsonObject one, JsonObject other) =>
        other.Text("protocol") is not { } protocol || (one.Text("protocol") ?? "TCP") == protocol;

    /// <summary>The key of a list's items. <c>ports</c> is two lists of one name: that of a container and that of a service.</summary>
    private static string? MergeKey(string name, JsonArray list)
    {
        if (name != "ports") return MergeKeys.GetValueOrDefault(name);
        return list.Items().Any(item => item.ContainsKey("containerPort")) ? "containerPort" : "port";
    }

    /// <summary>A new list has no items to delete, and no directives.</summary>
    private static JsonArray Plain(JsonArray list) =>
        [.. list.Where(item => item is not JsonObject map || !map.ContainsKey("$patch")).Select(item => item?.DeepClone())];

    private static void Order(JsonObject target, string name, JsonNode? value)
    {
        const string SetOrder = "$setElementOrder/";
        if (!name.StartsWith(SetOrder, StringComparison.Ordinal) || value is not JsonArray order) return;
        var field = name[SetOrder.Length..];
        if (target[field] is not JsonArray list) return;
        var key = order.Items().Any() ? MergeKey(field, order) : null;
        int Rank(JsonNode? item)
        {
            for (var i = 0; i < order.Count; i++)
            {
                if (JsonNode.DeepEquals(key is null ? order[i] : order[i].At(key), key is null ? item : item.At(key))) return i;
            }
            return order.Count;
        }
        var sorted = list.OrderBy(Rank).Select(item => item?.DeepClone()).ToArray();
        list.Clear();
        foreach (var item in sorted) list.Add(item);
    }
}
