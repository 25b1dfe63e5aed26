using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Keeps as many pods as each ReplicaSet wants.</summary>
internal sealed class ReplicaSetController : IController
{
    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var set in cluster.All(ResourceKinds.ReplicaSets))
        {
            if (!set.Deleting()) await ScaleAsync(cluster, set, cancellationToken);
            await UpdateStatusAsync(cluster, set, cancellationToken);
        }
    }

    private static async Task ScaleAsync(Cluster cluster, JsonObject set, CancellationToken cancellationToken)
    {
        var active = cluster.OwnedPods(set).Where(pod => pod.IsActive()).ToArray();
        var wanted = (int)(set.Number("spec", "replicas") ?? 1);
        if (active.Length < wanted)
        {
            await Task.WhenAll(Enumerable.Range(0, wanted - active.Length).Select(_ =>
                cluster.CreateAsync(ResourceKinds.Pods, Pods.FromTemplate(set, null), cancellationToken)));
        }
        else if (active.Length > wanted)
        {
            await Task.WhenAll(ByUse(active).Take(active.Length - wanted).Select(pod =>
                cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken)));
        }
    }

    /// <summary>The least useful pod first: without a node, not running, not ready, crowded, young.</summary>
    private static IEnumerable<JsonObject> ByUse(JsonObject[] pods)
    {
        var onNode = pods.GroupBy(pod => pod.Text("spec", "nodeName") ?? "").ToDictionary(group => group.Key, group => group.Count());
        return pods
            .OrderBy(pod => pod.Text("spec", "nodeName") is { Length: > 0 })
            .ThenBy(pod => pod.Text("status", "phase") == "Running")
            .ThenBy(pod => pod.IsReady())
            .ThenByDescending(pod => onNode[pod.Text("spec", "nodeName") ?? ""])
            .ThenByDescending(pod => pod.Time("metadata", "creationTimestamp"));
    }

    private static async Task UpdateStatusAsync(Cluster cluster, JsonObject set, CancellationToken cancellationToken)
    {
        var all = cluster.OwnedPods(set);
        var active = all.Where(pod => pod.IsActive()).ToArray();
        var minReady = set.Number("spec", "minReadySeconds") ?? 0;
        await cluster.ChangeAsync(
            ResourceKinds.ReplicaSets, set, "status",
            o => o["status"] = Counts.Of(
                ("replicas", active.Length, true),
                ("fullyLabeledReplicas", active.Length, false),
                ("readyReplicas", active.Count(Pods.IsReady), false),
                ("availableReplicas", active.Count(pod => pod.IsAvailable(minReady, cluster.Now)), false),
                ("terminatingReplicas", all.Count(pod => pod.Deleting() && !pod.IsDone()), true),
                ("observedGeneration", (int)set.Generation(), true)),
            cancellationToken);
    }
}
