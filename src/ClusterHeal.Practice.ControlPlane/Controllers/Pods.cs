using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>What all controllers of pods ask of them, and how they make them.</summary>
internal static class Pods
{
    public static bool IsReady(this JsonObject pod) => pod.ConditionTrue("Ready");

    /// <summary>True if the pod may still do its work.</summary>
    public static bool IsActive(this JsonObject pod) => !pod.Deleting() && !pod.IsDone();

    public static bool IsDone(this JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";

    /// <summary>True if it has been ready for as long as its workload wants.</summary>
    public static bool IsAvailable(this JsonObject pod, long minReadySeconds, DateTimeOffset now) =>
        pod.IsReady() && (minReadySeconds == 0
            || pod.Condition("Ready").Time("lastTransitionTime") is { } since && since.AddSeconds(minReadySeconds) <= now);

    /// <summary>The pods that a workload owns.</summary>
    public static JsonObject[] OwnedPods(this Cluster cluster, JsonObject owner) =>
        [.. cluster.State.In(ResourceKinds.Pods, owner.Namespace()).Where(pod => pod.ControlledBy(owner))];

    /// <summary>A pod by a workload's template.</summary>
    public static JsonObject FromTemplate(JsonObject owner, string? name)
    {
        var template = owner.At("spec", "template") as JsonObject ?? [];
        var meta = new JsonObject { ["namespace"] = owner.Namespace() };
        if (name is null) meta["generateName"] = owner.Name() + "-";
        else meta["name"] = name;
        foreach (var field in (string[])["labels", "annotations", "finalizers"])
        {
            if (template.At("metadata", field) is { } value) meta[field] = value.DeepClone();
        }
        meta["ownerReferences"] = new JsonArray(owner.ControllerReference());
        return new JsonObject { ["metadata"] = meta, ["spec"] = template["spec"]?.DeepClone() };
    }

    /// <summary>A part of a name that stands for a template, whatever the order of its fields.</summary>
    public static string TemplateHash(JsonNode? template)
    {
        const uint Start = 2166136261, Prime = 16777619; // FNV-1a, 32 bits
        var hash = Start;
        foreach (var b in Sorted(template)?.Bytes() ?? []) hash = (hash ^ b) * Prime;
        return Names.FromHash(hash);
    }

    /// <summary>A number or a percentage of a whole.</summary>
    public static int Share(JsonNode? value, int whole, bool roundUp)
    {
        if (value.Text() is not { } text) return (int)(value.Number() ?? 0);
        var percent = int.Parse(text.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture) * whole / 100.0;
        return (int)(roundUp ? Math.Ceiling(percent) : Math.Floor(percent));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map =>
            new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
