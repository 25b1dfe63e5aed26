using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Keeps the numbered pods of each StatefulSet, one after the other unless it wants them all at once.</summary>
internal sealed class StatefulSetController : IController
{
    private const string RevisionLabel = "controller-revision-hash";

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var set in cluster.All(ResourceKinds.StatefulSets))
        {
            if (!set.Deleting()) await ScaleAsync(cluster, set, cancellationToken);
            await UpdateStatusAsync(cluster, set, cancellationToken);
        }
    }

    private static string Revision(JsonObject set) => $"{set.Name()}-{Pods.TemplateHash(set.At("spec", "template"))}";

    private static async Task ScaleAsync(Cluster cluster, JsonObject set, CancellationToken cancellationToken)
    {
        var pods = cluster.OwnedPods(set).ToDictionary(pod => pod.Name());
        var wanted = (int)(set.Number("spec", "replicas") ?? 1);
        var parallel = set.Text("spec", "podManagementPolicy") == "Parallel";
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            var name = $"{set.Name()}-{ordinal}";
            var pod = pods.GetValueOrDefault(name);
            if (pod is null) await cluster.CreateAsync(ResourceKinds.Pods, NewPod(set, name, ordinal), cancellationToken);
            else if (pod.IsDone() && !pod.Deleting()) await cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken);
            if (!parallel && (pod is null || pod.Deleting() || !pod.IsReady())) return;
        }

        var surplus = pods.Values.Where(pod => Ordinal(pod) >= wanted && !pod.Deleting()).OrderByDescending(Ordinal).ToArray();
        foreach (var pod in parallel ? surplus : surplus.Take(1)) await cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken);
        if (surplus.Length > 0 || set.Text("spec", "updateStrategy", "type") != "RollingUpdate") return;

        var partition = set.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var revision = Revision(set);
        if (pods.Values.Any(pod => pod.Deleting() || !pod.IsReady())) return;
        var outdated = pods.Values.Where(pod => Ordinal(pod) >= partition && pod.Labels().GetValueOrDefault(RevisionLabel) != revision);
        if (outdated.MaxBy(Ordinal) is { } last) await cluster.DeleteAsync(ResourceKinds.Pods, last, cancellationToken);
    }

    private static JsonObject NewPod(JsonObject set, string name, int ordinal)
    {
        var pod = Pods.FromTemplate(set, name);
        var labels = pod.Metadata().Child("labels");
        labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
        labels[RevisionLabel] = Revision(set);
        labels["statefulset.kubernetes.io/pod-name"] = name;
        pod.Spec()["hostname"] = name;
        if (set.Text("spec", "serviceName") is { Length: > 0 } service) pod.Spec()["subdomain"] = service;
        return pod;
    }

    private static int Ordinal(JsonObject pod) =>
        int.TryParse(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal : -1;

    private static async Task UpdateStatusAsync(Cluster cluster, JsonObject set, CancellationToken cancellationToken)
    {
        var pods = cluster.OwnedPods(set).Where(pod => !pod.IsDone()).ToArray();
        var revision = Revision(set);
        var minReady = set.Number("spec", "minReadySeconds") ?? 0;
        var updated = pods.Count(pod => pod.Labels().GetValueOrDefault(RevisionLabel) == revision);
        await cluster.ChangeAsync(
            ResourceKinds.StatefulSets, set, "status",
            o =>
            {
                var before = o.Text("status", "currentRevision") ?? revision;
                o["status"] = Counts.Of(
                    ("observedGeneration", set.Generation(), true), ("replicas", pods.Length, true),
                    ("readyReplicas", pods.Count(Pods.IsReady), false),
                        ("currentReplicas", pods.Length - (before == revision ? 0 : updated), false),
                    ("updatedReplicas", updated, false), ("collisionCount", 0, true),
                    ("availableReplicas", pods.Count(pod => pod.IsAvailable(minReady, cluster.Now)), true));
                var rolledOut = updated == pods.Length && pods.All(Pods.IsReady) && pods.Length == (set.Number("spec", "replicas") ?? 1);
                o.Status()["currentRevision"] = rolledOut ? revision : before;
                o.Status()["updateRevision"] = revision;
            },
            cancellationToken);
    }
}
