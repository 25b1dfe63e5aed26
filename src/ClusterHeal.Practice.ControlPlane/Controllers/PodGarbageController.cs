using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Scheduling;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>
/// Removes pods that no kubelet will: those whose node is gone, those that were deleted before they had a node, and those that are going
/// on a node that an administrator has declared out of service.
/// </summary>
internal sealed class PodGarbageController(ControllerOptions options) : IController
{
    private const string OutOfService = "node.kubernetes.io/out-of-service";
    private readonly Dictionary<string, long> _orphanedAt = [];
    private long? _lastRun;

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (_lastRun is { } last && cluster.Since(last) < options.PodGcPeriod) return;
        _lastRun = cluster.Ticks;
        foreach (var pod in cluster.All(ResourceKinds.Pods).Where(pod => IsGarbage(cluster, pod)))
        {
            await cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken, new V1DeleteOptions { GracePeriodSeconds = 0 });
        }
    }

    private bool IsGarbage(Cluster cluster, JsonObject pod)
    {
        if (pod.Text("spec", "nodeName") is not { Length: > 0 } name) return pod.Deleting();
        if (cluster.State.Find(ResourceKinds.Nodes, null, name) is { } node)
        {
            _orphanedAt.Remove(pod.Uid());
            return pod.Deleting() && !node.ConditionTrue("Ready") && NodeFit.Taints(node).Any(taint => taint.Text("key") == OutOfService);
        }
        if (_orphanedAt.TryGetValue(pod.Uid(), out var since)) return cluster.Since(since) >= options.OrphanPatience;
        _orphanedAt[pod.Uid()] = cluster.Ticks;
        return false;
    }
}
