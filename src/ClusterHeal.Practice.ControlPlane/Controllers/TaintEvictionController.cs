using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Scheduling;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Deletes pods from nodes whose <c>NoExecute</c> taints they do not tolerate, or no longer. Budgets are not asked.</summary>
internal sealed class TaintEvictionController : IController
{
    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var node in cluster.All(ResourceKinds.Nodes))
        {
            var taints = NodeFit.Taints(node).Where(taint => taint.Text("effect") == "NoExecute").ToArray();
            if (taints.Length == 0) continue;
            var due = cluster.All(ResourceKinds.Pods)
                .Where(pod => pod.Text("spec", "nodeName") == node.Name() && !pod.Deleting() && Deadline(pod, taints) <= cluster.Now);
            foreach (var pod in due) await EvictAsync(cluster, pod, cancellationToken);
        }
    }

    /// <summary>When the pod has to go: at once if a taint is not tolerated, otherwise when the shortest toleration ends.</summary>
    private static DateTimeOffset Deadline(JsonObject pod, JsonObject[] taints) => taints.Min(taint =>
    {
        if (NodeFit.Toleration(pod, taint) is not { } toleration) return DateTimeOffset.MinValue;
        if (toleration.Number("tolerationSeconds") is not { } seconds) return DateTimeOffset.MaxValue;
        return (taint.Time("timeAdded") ?? DateTimeOffset.MinValue).AddSeconds(Math.Max(0, seconds));
    });

    private static async Task EvictAsync(Cluster cluster, JsonObject pod, CancellationToken cancellationToken)
    {
        var marked = await cluster.ChangeAsync(
            ResourceKinds.Pods, pod, "status",
            o =>
            {
                o.SetCondition("DisruptionTarget", "True", "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint",
                    cluster.Now);
                o.Condition("DisruptionTarget")!["lastProbeTime"] = null;
            },
            cancellationToken);
        if (marked is null) return;
        var message = $"Marking for deletion Pod {pod.Namespace()}/{pod.Name()}";
        await cluster.RecordAsync(pod, "Normal", "TaintManagerEviction", message, cancellationToken);
        await cluster.DeleteAsync(ResourceKinds.Pods, marked, cancellationToken);
    }
}
