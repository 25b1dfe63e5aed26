using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Scheduling;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Keeps one pod of each DaemonSet on every node that it may run on. The scheduler puts it there.</summary>
internal sealed class DaemonSetController : IController
{
    private const string HashLabel = "controller-revision-hash";

    /// <summary>What every pod of a DaemonSet tolerates.</summary>
    private static readonly (string Taint, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var set in cluster.All(ResourceKinds.DaemonSets))
        {
            var model = NewPod(set);
            var nodes = set.Deleting() ? [] : cluster.All(ResourceKinds.Nodes).Where(node => MayRun(model, node, "NoSchedule")).ToArray();
            if (!set.Deleting()) await PlaceAsync(cluster, set, model, nodes, cancellationToken);
            await UpdateStatusAsync(cluster, set, nodes, cancellationToken);
        }
    }

    /// <summary>Whether a pod may start on a node; or only stay there, which <c>NoSchedule</c> taints do not forbid.</summary>
    private static bool MayRun(JsonObject pod, JsonObject node, string? forbidding) =>
        NodeFit.SelectorMatches(pod, node)
        && NodeFit.Taints(node).All(taint =>
            (taint.Text("effect") != "NoExecute" && taint.Text("effect") != forbidding) || NodeFit.Tolerates(pod, taint));

    private static async Task PlaceAsync(
        Cluster cluster, JsonObject set, JsonObject model, JsonObject[] nodes, CancellationToken cancellationToken)
    {
        var hash = model.Labels()[HashLabel];
        var byNode = cluster.OwnedPods(set).ToLookup(NodeOf);
        var allowedDown = Math.Max(1,
            Pods.Share(set.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), nodes.Length, roundUp: true));
        var down = nodes.Count(node => !byNode[node.Name()].Any(pod => !pod.Deleting() && pod.IsReady()));
        foreach (var node in nodes)
        {
            var pods = byNode[node.Name()].ToArray();
            foreach (var done in pods.Where(pod => pod.IsDone() && !pod.Deleting()))
            {
                await cluster.DeleteAsync(ResourceKinds.Pods, done, cancellationToken);
            }
            if (pods.Length == 0) await cluster.CreateAsync(ResourceKinds.Pods, PinnedTo(model, node.Name()), cancellationToken);
            if (set.Text("spec", "updateStrategy", "type") != "RollingUpdate" || down >= allowedDown) continue;
            foreach (var old in pods.Where(pod => pod.IsActive() && pod.Labels().GetValueOrDefault(HashLabel) != hash))
            {
                down++;
                await cluster.DeleteAsync(ResourceKinds.Pods, old, cancellationToken);
            }
        }

        var names = cluster.All(ResourceKinds.Nodes).Where(node => MayRun(model, node, null)).Select(node => node.Name()).ToHashSet();
        foreach (var stray in byNode.Where(group => !names.Contains(group.Key)).SelectMany(group => group).Where(pod => !pod.Deleting()))
        {
            await cluster.DeleteAsync(ResourceKinds.Pods, stray, cancellationToken);
        }
    }

    /// <summary>The node that the pod is on or is meant for.</summary>
    private static string NodeOf(JsonObject pod) =>
        pod.Text("spec", "nodeName") is { Length: > 0 } node ? node : NodeFit.PinnedTo(pod) ?? "";

    /// <summary>A pod of the set that is meant for no node yet.</summary>
    private static JsonObject NewPod(JsonObject set)
    {
        var pod = Pods.FromTemplate(set, null);
        var labels = pod.Metadata().Child("labels");
        labels[HashLabel] = Pods.TemplateHash(set.At("spec", "template"));
        labels["pod-template-generation"] = set.Generation().ToString(CultureInfo.InvariantCulture);
        var spec = pod.Spec();
        if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
        foreach (var (taint, effect) in Tolerated)
        {
            tolerations.Add(new JsonObject { ["key"] = taint, ["operator"] = "Exists", ["effect"] = effect });
        }
        return pod;
    }

    private static JsonObject PinnedTo(JsonObject model, string node)
    {
        var pod = model.Copy();
        pod.Spec().Child("affinity").Child("nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = NodeFit.Pin(node);
        return pod;
    }

    private static async Task UpdateStatusAsync(Cluster cluster, JsonObject set, JsonObject[] nodes, CancellationToken cancellationToken)
    {
        var hash = Pods.TemplateHash(set.At("spec", "template"));
        var names = nodes.Select(node => node.Name()).ToHashSet();
        var pods = cluster.OwnedPods(set).Where(pod => !pod.Deleting()).ToArray();
        var placed = pods.Where(pod => names.Contains(pod.Text("spec", "nodeName") ?? "")).ToArray();
        var available = placed.Count(Pods.IsReady);
        await cluster.ChangeAsync(
            ResourceKinds.DaemonSets, set, "status",
            o => o["status"] = Counts.Of(
                ("currentNumberScheduled", placed.Length, true),
                ("numberMisscheduled", pods.Count(pod => pod.Text("spec", "nodeName") is { Length: > 0 } node && !names.Contains(node)),
                    true),
                ("desiredNumberScheduled", nodes.Length, true), ("numberReady", placed.Count(Pods.IsReady), true),
                ("observedGeneration", set.Generation(), true),
                ("updatedNumberScheduled", placed.Count(pod => pod.Labels().GetValueOrDefault(HashLabel) == hash), false),
                ("numberAvailable", available, false), ("numberUnavailable", nodes.Length - available, false)),
            cancellationToken);
    }
}
