using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>
/// Listens for the nodes' heartbeats: a node whose lease and status stay the same for the grace period is unknown, and its pods are no
/// longer ready. Taints say so to scheduler and pods. It also gives each node its range of pod addresses.
/// </summary>
internal sealed class NodeLifecycleController(ControllerOptions options) : IController
{
    public const string NotReadyTaint = "node.kubernetes.io/not-ready";
    public const string UnreachableTaint = "node.kubernetes.io/unreachable";
    private const string UnschedulableTaint = "node.kubernetes.io/unschedulable";
    private static readonly string[] Managed = [NotReadyTaint, UnreachableTaint, UnschedulableTaint];
    private static readonly string[] Conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
    private readonly Dictionary<string, (string Beat, long At)> _heartbeats = [];

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var node in cluster.All(ResourceKinds.Nodes))
        {
            var current = await CompleteAsync(cluster, node, cancellationToken);
            if (IsSilent(cluster, current)) current = await MarkUnknownAsync(cluster, current, cancellationToken);
            await TaintAsync(cluster, current, cancellationToken);
            if (current.Condition("Ready").Text("status") is "Unknown" or "False") await MarkPodsAsync(cluster, current, cancellationToken);
        }
    }

    private bool IsSilent(Cluster cluster, JsonObject node)
    {
        var lease = cluster.State.Find(ResourceKinds.Leases, "kube-node-lease", node.Name());
        var beat = $"{node.Uid()} {lease.Text("spec", "renewTime")} {node.Condition("Ready").Text("lastHeartbeatTime")}";
        if (!_heartbeats.TryGetValue(node.Name(), out var last) || last.Beat != beat)
        {
            _heartbeats[node.Name()] = (beat, cluster.Ticks);
            return false;
        }
        return cluster.Since(last.At) > options.NodeMonitorGracePeriod;
    }

    private async Task<JsonObject> CompleteAsync(Cluster cluster, JsonObject node, CancellationToken cancellationToken) =>
        await cluster.ChangeAsync(
            ResourceKinds.Nodes, node, null,
            o =>
            {
                o.Metadata().Child("annotations").Default("node.alpha.kubernetes.io/ttl", "0");
                if (o.Text("spec", "podCIDR") is { Length: > 0 }) return;
                var range = FreeRange(cluster.All(ResourceKinds.Nodes));
                o.Spec()["podCIDR"] = range;
                o.Spec()["podCIDRs"] = new JsonArray(range);
            },
            cancellationToken) ?? node;

    private string FreeRange(JsonObject[] nodes)
    {
        var taken = nodes.Select(node => node.Text("spec", "podCIDR")).ToHashSet();
        var start = string.Join('.', options.ClusterCidr.Split('.').Take(2));
        return Enumerable.Range(0, 256).Select(i => $"{start}.{i}.0/24").First(range => !taken.Contains(range));
    }

    private static async Task<JsonObject> MarkUnknownAsync(Cluster cluster, JsonObject node, CancellationToken cancellationToken)
    {
        if (node.Condition("Ready").Text("status") == "Unknown") return node;
        var changed = await cluster.ChangeAsync(
            ResourceKinds.Nodes, node, "status",
            o =>
            {
                foreach (var condition in Conditions)
                {
                    o.SetCondition(condition, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", cluster.Now);
                }
            },
            cancellationToken);
        if (changed is null) return node;
        await cluster.RecordAsync(changed, "Normal", "NodeNotReady", $"Node {node.Name()} status is now: NodeNotReady", cancellationToken);
        return changed;
    }

    /// <summary>The taints that follow from the node's state; all others stay.</summary>
    private static Task<JsonObject?> TaintAsync(Cluster cluster, JsonObject node, CancellationToken cancellationToken)
    {
        var wanted = new List<(string Key, string Effect)>();
        var down = node.Condition("Ready").Text("status") switch
        {
            "True" => null,
            "Unknown" => UnreachableTaint,
            _ => NotReadyTaint,
        };
        if (node.Flag("spec", "unschedulable")) wanted.Add((UnschedulableTaint, "NoSchedule"));
        if (down is not null) wanted.AddRange([(down, "NoSchedule"), (down, "NoExecute")]);

        return cluster.ChangeAsync(
            ResourceKinds.Nodes, node, null,
            o =>
            {
                var present = o.Items("spec", "taints").ToArray();
                var kept = present
                    .Where(taint => !Managed.Contains(taint.Text("key")) || wanted.Contains((taint.Text("key")!, taint.Text("effect")!)));
                var added = wanted
                    .Where(taint => !present.Any(each => each.Text("key") == taint.Key && each.Text("effect") == taint.Effect));
                var taints = new JsonArray(
                [
                    .. kept.Select(taint => taint.DeepClone()),
                    .. added.Select(taint =>
                        new JsonObject { ["key"] = taint.Key, ["effect"] = taint.Effect, ["timeAdded"] = Json.Stamp(cluster.Now) }),
                ]);
                if (taints.Count == 0) o.Spec().Remove("taints");
                else if (!JsonNode.DeepEquals(taints, o.At("spec", "taints"))) o.Spec()["taints"] = taints;
            },
            cancellationToken);
    }

    private static async Task MarkPodsAsync(Cluster cluster, JsonObject node, CancellationToken cancellationToken)
    {
        foreach (var pod in cluster.All(ResourceKinds.Pods).Where(pod => pod.Text("spec", "nodeName") == node.Name() && pod.IsReady()))
        {
            await cluster.ChangeAsync(
                ResourceKinds.Pods, pod, "status",
                o => o.SetCondition("Ready", "False", null, null, cluster.Now),
                cancellationToken);
        }
    }
}
