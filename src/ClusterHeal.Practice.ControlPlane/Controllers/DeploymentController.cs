using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Rolls each Deployment out: a ReplicaSet per template, the new one growing while the old ones shrink.</summary>
internal sealed class DeploymentController : IController
{
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";
    private const string HashLabel = "pod-template-hash";

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var deployment in cluster.All(ResourceKinds.Deployments))
        {
            if (deployment.Deleting()) continue;
            var sets = cluster.All(ResourceKinds.ReplicaSets)
                .Where(set => set.Namespace() == deployment.Namespace() && set.ControlledBy(deployment)).ToArray();
            var current = Array.Find(sets, set => HasTemplate(set, deployment));
            if (!deployment.Flag("spec", "paused"))
            {
                current = await RollAsync(cluster, deployment, current, [.. sets.Where(set => set != current)], cancellationToken);
            }
            await UpdateStatusAsync(cluster, deployment, current, cancellationToken);
        }
    }

    private static bool HasTemplate(JsonObject set, JsonObject deployment)
    {
        var template = (set.At("spec", "template") as JsonObject ?? []).Copy();
        template.Child("metadata").Child("labels").Remove(HashLabel);
        return JsonNode.DeepEquals(template, deployment.At("spec", "template"));
    }

    private static async Task<JsonObject?> RollAsync(
        Cluster cluster, JsonObject deployment, JsonObject? current, JsonObject[] old, CancellationToken cancellationToken)
    {
        var wanted = Replicas(deployment);
        var recreates = deployment.Text("spec", "strategy", "type") == "Recreate";
        if (recreates && old.Any(set => Replicas(set) > 0 || cluster.OwnedPods(set).Any(pod => !pod.IsDone())))
        {
            foreach (var set in old) await ScaleAsync(cluster, set, 0, cancellationToken);
            return current;
        }

        current ??= await cluster.CreateAsync(ResourceKinds.ReplicaSets, NewSet(deployment, old), cancellationToken);
        if (current is null) return null;
        var revision = current.Annotation(RevisionAnnotation);
        if (deployment.Annotation(RevisionAnnotation) != revision)
        {
            await cluster.ChangeAsync(
                ResourceKinds.Deployments, deployment, null,
                o => o.Metadata().Child("annotations")[RevisionAnnotation] = revision, cancellationToken);
        }

        var running = old.Where(set => Replicas(set) > 0).ToArray();
        if (running.Length == 0)
        {
            return await ScaleAsync(cluster, current, wanted, cancellationToken);
        }

        var surge = Pods.Share(deployment.At("spec", "strategy", "rollingUpdate", "maxSurge"), wanted, roundUp: true);
        var missing = Pods.Share(deployment.At("spec", "strategy", "rollingUpdate", "maxUnavailable"), wanted, roundUp: false);
        if (surge == 0 && missing == 0) missing = 1;
        var room = wanted + surge - Replicas(current) - running.Sum(Replicas);
        var target = Math.Min(wanted, Replicas(current) + Math.Max(0, room));
        current = await ScaleAsync(cluster, current, Math.Max(target, Math.Min(wanted, Replicas(current))), cancellationToken) ?? current;
        await ShrinkAsync(cluster, current, running, wanted - missing, cancellationToken);
        return current;
    }

    /// <summary>Takes from the old sets what is not needed to keep enough pods available; first what is not available anyway.</summary>
    private static async Task ShrinkAsync(
        Cluster cluster, JsonObject current, JsonObject[] old, int minAvailable, CancellationToken cancellationToken)
    {
        var all = Replicas(current) + old.Sum(Replicas);
        var spare = all - minAvailable - (Replicas(current) - Available(current));
        var available = Available(current) + old.Sum(Available);
        foreach (var set in old.OrderBy(set => set.Time("metadata", "creationTimestamp")))
        {
            var broken = Math.Min(Math.Max(0, spare), Replicas(set) - Available(set));
            var good = Math.Max(0, Math.Min(Math.Min(spare - broken, available - minAvailable), Available(set)));
            if (broken + good <= 0) continue;
            await ScaleAsync(cluster, set, Replicas(set) - broken - good, cancellationToken);
            spare -= broken + good;
            available -= good;
        }
    }

    private static JsonObject NewSet(JsonObject deployment, JsonObject[] old)
    {
        var hash = Pods.TemplateHash(deployment.At("spec", "template"));
        var last = old.Select(set => long.Parse(set.Annotation(RevisionAnnotation) ?? "0", CultureInfo.InvariantCulture))
            .DefaultIfEmpty(0).Max();
        var template = ((JsonObject)deployment.At("spec", "template")!).Copy();
        template.Child("metadata").Child("labels")[HashLabel] = hash;
        var selector = ((JsonObject)deployment.At("spec", "selector")!).Copy();
        selector.Child("matchLabels")[HashLabel] = hash;
        var replicas = old.Length == 0 ? Replicas(deployment) : 0;
        var surge = Pods.Share(deployment.At("spec", "strategy", "rollingUpdate", "maxSurge"), Replicas(deployment), true);
        var spec = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template };
        if (deployment.Number("spec", "minReadySeconds") is { } minReady) spec["minReadySeconds"] = minReady;
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name()}-{hash}", ["namespace"] = deployment.Namespace(),
                ["labels"] = template.At("metadata", "labels")!.DeepClone(),
                ["annotations"] = new JsonObject
                {
                    ["deployment.kubernetes.io/desired-replicas"] = $"{Replicas(deployment)}",
                    ["deployment.kubernetes.io/max-replicas"] = $"{Replicas(deployment) + surge}",
                    [RevisionAnnotation] = $"{last + 1}",
                },
                ["ownerReferences"] = new JsonArray(deployment.ControllerReference()),
            },
            ["spec"] = spec,
        };
    }

    private static Task<JsonObject?> ScaleAsync(Cluster cluster, JsonObject set, int replicas, CancellationToken cancellationToken) =>
        cluster.ChangeAsync(ResourceKinds.ReplicaSets, set, null, o => o.Spec()["replicas"] = replicas, cancellationToken);

    private static int Replicas(JsonObject o) => (int)(o.Number("spec", "replicas") ?? 1);

    private static int Available(JsonObject set) => (int)(set.Number("status", "availableReplicas") ?? 0);

    private static async Task UpdateStatusAsync(Cluster cluster, JsonObject seen, JsonObject? current, CancellationToken cancellationToken)
    {
        var deployment = cluster.State.Find(ResourceKinds.Deployments, seen.Namespace(), seen.Name()) ?? seen;
        var sets = cluster.All(ResourceKinds.ReplicaSets)
            .Where(set => set.Namespace() == deployment.Namespace() && set.ControlledBy(deployment)).ToArray();
        long Sum(string field) => sets.Sum(set => set.Number("status", field) ?? 0);
        var (replicas, wanted) = (Sum("replicas"), Replicas(deployment));
        var available = Sum("availableReplicas");
        var updated = sets.FirstOrDefault(set => set.Uid() == current?.Uid()).Number("status", "replicas") ?? 0;
        var missing = Pods.Share(deployment.At("spec", "strategy", "rollingUpdate", "maxUnavailable"), wanted, roundUp: false);
        await cluster.ChangeAsync(
            ResourceKinds.Deployments, deployment, "status",
            o =>
            {
                var conditions = o.At("status", "conditions")?.DeepClone();
                o["status"] = Counts.Of(
                    ("observedGeneration", deployment.Generation(), true), ("replicas", replicas, false),
                        ("updatedReplicas", updated, false),
                    ("readyReplicas", Sum("readyReplicas"), false), ("availableReplicas", available, false),
                    ("unavailableReplicas", Math.Max(0, Math.Max(wanted, replicas) - available), false),
                    ("terminatingReplicas", Sum("terminatingReplicas"), true));
                if (conditions is not null) o.Status()["conditions"] = conditions;
                var enough = available >= wanted - missing;
                Set(o, "Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                    enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", cluster.Now);
                if (current is null) return;
                var complete = updated == wanted && replicas == wanted && available >= wanted;
                Set(o, "Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                    $"ReplicaSet \"{current.Name()}\" {(complete ? "has successfully progressed." : "is progressing.")}", cluster.Now);
            },
            cancellationToken);
    }

    private static void Set(JsonObject o, string type, bool holds, string reason, string message, DateTimeOffset now)
    {
        if (o.SetCondition(type, holds ? "True" : "False", reason, message, now)) o.Condition(type)!["lastUpdateTime"] = Json.Stamp(now);
    }
}
