using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Scheduling;

/// <summary>Whether a node suits a pod.</summary>
internal static class NodeFit
{
    public static IEnumerable<JsonObject> Taints(JsonObject node) => node.Items("spec", "taints");

    /// <summary>True if one of the pod's tolerations covers the taint.</summary>
    public static bool Tolerates(JsonObject pod, JsonObject taint) => Toleration(pod, taint) is not null;

    /// <summary>The toleration that covers the taint, or null.</summary>
    public static JsonObject? Toleration(JsonObject pod, JsonObject taint) => pod.Items("spec", "tolerations").FirstOrDefault(each =>
        (each.Text("effect") is null or "" || each.Text("effect") == taint.Text("effect"))
        && (each.Text("key") is null or "" ? each.Text("operator") == "Exists" : each.Text("key") == taint.Text("key"))
        && (each.Text("operator") == "Exists" || (each.Text("value") ?? "") == (taint.Text("value") ?? "")));

    /// <summary>True if the node has what the pod's node selector and required node affinity ask for.</summary>
    public static bool SelectorMatches(JsonObject pod, JsonObject node)
    {
        if (!Selectors.Covers(pod.Map("spec", "nodeSelector"), node.Labels())) return false;
        var terms = Terms(pod).ToArray();
        return terms.Length == 0 || terms.Any(term =>
            Selectors.Matches(new JsonObject { ["matchExpressions"] = term["matchExpressions"]?.DeepClone() }, node.Labels())
            && Selectors.Matches(
                new JsonObject { ["matchExpressions"] = term["matchFields"]?.DeepClone() },
                new Dictionary<string, string> { ["metadata.name"] = node.Name() }));
    }

    /// <summary>The node affinity of a pod that may run on one node only.</summary>
    public static JsonObject Pin(string node) => new()
    {
        ["nodeSelectorTerms"] = new JsonArray(new JsonObject
        {
            ["matchFields"] = new JsonArray(new JsonObject
            {
                ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node),
            }),
        }),
    };

    /// <summary>The one node that a pod may run on, or null.</summary>
    public static string? PinnedTo(JsonObject pod) =>
        Terms(pod).SelectMany(term => term.Items("matchFields")).SelectMany(field => field.Texts("values")).FirstOrDefault();

    private static IEnumerable<JsonObject> Terms(JsonObject pod) =>
        pod.At("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Items("nodeSelectorTerms");
}
