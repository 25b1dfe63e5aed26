using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Works out how many disruptions each budget allows.</summary>
internal sealed class DisruptionController : IController
{
    /// <summary>An eviction that has not deleted its pod after this time is no longer counted.</summary>
    private static readonly TimeSpan DeletionPatience = TimeSpan.FromMinutes(2);

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var budget in cluster.All(ResourceKinds.Budgets).Where(budget => !budget.Deleting()))
        {
            await UpdateAsync(cluster, budget, cancellationToken);
        }
    }

    private static Task<JsonObject?> UpdateAsync(Cluster cluster, JsonObject budget, CancellationToken cancellationToken)
    {
        var pods = cluster.State.In(ResourceKinds.Pods, budget.Namespace())
            .Where(pod => !pod.IsDone() && Selectors.Matches(budget.At("spec", "selector"), pod.Labels()))
            .ToArray();
        var (expected, desired) = Expect(cluster, budget, pods);
        var disrupted = StillDisrupted(cluster, budget, pods);
        var healthy = pods.Count(pod => pod.IsReady() && !pod.Deleting() && !disrupted.ContainsKey(pod.Name()));
        var allowed = expected > 0 ? Math.Max(0, healthy - desired) : 0;
        return cluster.ChangeAsync(
            ResourceKinds.Budgets, budget, "status",
            o =>
            {
                var conditions = o.At("status", "conditions")?.DeepClone();
                var status = new JsonObject { ["observedGeneration"] = budget.Generation() };
                if (disrupted.Count > 0) status["disruptedPods"] = disrupted;
                status["disruptionsAllowed"] = allowed;
                status["currentHealthy"] = healthy;
                status["desiredHealthy"] = desired;
                status["expectedPods"] = expected;
                if (conditions is not null) status["conditions"] = conditions;
                o["status"] = status;
                o.SetCondition(
                    "DisruptionAllowed", allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", "",
                        cluster.Now);
                o.Condition("DisruptionAllowed")!["observedGeneration"] = budget.Generation();
            },
            cancellationToken);
    }

    /// <summary>How many pods there should be, and how many of them must stay healthy.</summary>
    private static (int Expected, int Desired) Expect(Cluster cluster, JsonObject budget, JsonObject[] pods)
    {
        var max = budget.At("spec", "maxUnavailable");
        if (max is null && budget.At("spec", "minAvailable") is { } count && count.Text() is null)
        {
            return (pods.Length, (int)(count.Number() ?? 0));
        }
        // A percentage, or what may be missing, is of what the pods' owners want, not of what there is.
        var expected = pods.Select(pod => pod.Controller()).OfType<JsonObject>().DistinctBy(owner => owner.Text("uid"))
            .Select(owner => ScaledBy(cluster, budget.Namespace(), owner)).DistinctBy(owner => owner.Uid)
            .Sum(owner => owner.Replicas);
        return max is not null
            ? (expected, Math.Max(0, expected - Pods.Share(max, expected, roundUp: true)))
            : (expected, Pods.Share(budget.At("spec", "minAvailable"), expected, roundUp: true));
    }

    /// <summary>The workload that says how many: a ReplicaSet's own Deployment, if it has one.</summary>
    private static (string Uid, int Replicas) ScaledBy(Cluster cluster, string ns, JsonObject owner)
    {
        var kind = ResourceKinds.OfObject(owner.Text("apiVersion"), owner.Text("kind"));
        if (kind is null || cluster.State.Find(kind, ns, owner.Text("name")!) is not { } workload) return ("", 0);
        if (workload.Controller() is { } above) return ScaledBy(cluster, ns, above);
        return (workload.Uid(), (int)(workload.Number("spec", "replicas") ?? 0));
    }

    private static JsonObject StillDisrupted(Cluster cluster, JsonObject budget, JsonObject[] pods)
    {
        var alive = pods.Where(pod => !pod.Deleting()).Select(pod => pod.Name()).ToHashSet();
        var disrupted = (budget.At("status", "disruptedPods") as JsonObject ?? []).Copy();
        foreach (var name in disrupted.Select(pair => pair.Key).ToArray())
        {
            var overdue = cluster.Now - disrupted.Time(name) > DeletionPatience;
            if (overdue || !alive.Contains(name)) disrupted.Remove(name);
            else cluster.Ring();
        }
        return disrupted;
    }
}
