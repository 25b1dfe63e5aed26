using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>The number of replicas of a workload as an object of its own (<c>autoscaling/v1</c>).</summary>
internal static class Scales
{
    public static JsonObject Of(JsonObject workload)
    {
        var labels = workload.Map("spec", "selector", "matchLabels").Select(pair => $"{pair.Key}={pair.Value}")
            .Order(StringComparer.Ordinal);
        var meta = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (workload.At("metadata", field) is { } value) meta[field] = value.DeepClone();
        }
        var spec = new JsonObject();
        if (workload.Number("spec", "replicas") is > 0 and { } wanted) spec["replicas"] = wanted;
        return new JsonObject
        {
            ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = meta, ["spec"] = spec,
            ["status"] = new JsonObject
            {
                ["replicas"] = workload.Number("status", "replicas") ?? 0, ["selector"] = string.Join(',', labels),
            },
        };
    }

    /// <summary>Takes a changed scale back into its workload.</summary>
    public static JsonObject Into(JsonObject workload, JsonObject scale)
    {
        if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version) workload.Metadata()["resourceVersion"] = version;
        if (scale.Uid().Length > 0) workload.Metadata()["uid"] = scale.Uid();
        workload.Spec()["replicas"] = scale.Number("spec", "replicas") ?? 0;
        return workload;
    }
}
