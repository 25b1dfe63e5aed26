using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Deletes what has lost all its owners, and ends the deletions that wait for dependents or leave them behind.</summary>
internal sealed class GarbageCollector : IController
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var all = ResourceKinds.All.Where(kind => kind != ResourceKinds.Events)
            .SelectMany(kind => cluster.All(kind).Select(o => (Kind: kind, Object: o))).ToArray();
        var byUid = all.ToDictionary(each => each.Object.Uid(), each => each.Object);
        foreach (var (kind, o) in all)
        {
            var owners = o.Owners().ToArray();
            if (owners.Length == 0 || o.Deleting()) continue;
            if (owners.All(owner => IsGoing(byUid.GetValueOrDefault(owner.Text("uid") ?? "")))
                && await OwnersAreGoneAsync(cluster, o, owners, cancellationToken))
            {
                await cluster.DeleteAsync(kind, o, cancellationToken, new V1DeleteOptions { PropagationPolicy = "Background" });
            }
        }

        foreach (var (kind, o) in all.Where(each => each.Object.Deleting()))
        {
            var finalizers = o.Texts("metadata", "finalizers").ToArray();
            if (!finalizers.Contains(Orphan) && !finalizers.Contains(Foreground)) continue;
            var dependents = all.Where(each => each.Object.Owners().Any(owner => owner.Text("uid") == o.Uid())).ToArray();
            if (finalizers.Contains(Orphan))
            {
                foreach (var dependent in dependents) await ReleaseAsync(cluster, dependent.Kind, dependent.Object, o, cancellationToken);
                await FinishAsync(cluster, kind, o, Orphan, cancellationToken);
            }
            else if (!dependents.Any(each => each.Object.Owners()
                .Any(owner => owner.Text("uid") == o.Uid() && owner.Flag("blockOwnerDeletion"))))
            {
                await FinishAsync(cluster, kind, o, Foreground, cancellationToken);
            }
        }
    }

    /// <summary>True if an owner is not known, or waits in its deletion for what it owns.</summary>
    private static bool IsGoing(JsonObject? owner) =>
        owner is null || (owner.Deleting() && owner.Texts("metadata", "finalizers").Contains(Foreground));

    /// <summary>Asks the server before anything is deleted: what is known here may be old.</summary>
    private static async Task<bool> OwnersAreGoneAsync(Cluster cluster, JsonObject o, JsonObject[] owners,
        CancellationToken cancellationToken)
    {
        foreach (var owner in owners)
        {
            if (ResourceKinds.OfObject(owner.Text("apiVersion"), owner.Text("kind")) is not { } kind) return false;
            var found = await cluster.Api.GetAsync(kind, o.Namespace(), owner.Text("name")!, cancellationToken);
            if (found is not null && found.Uid() == owner.Text("uid") && !IsGoing(found)) return false;
        }
        return true;
    }

    private static Task<JsonObject?> ReleaseAsync(Cluster cluster, ResourceKind kind, JsonObject o, JsonObject owner,
        CancellationToken cancellationToken) =>
        cluster.ChangeAsync(
            kind, o, null,
            each => Keep(each.Metadata(), "ownerReferences", reference => reference.Text("uid") != owner.Uid()), cancellationToken);

    private static Task<JsonObject?> FinishAsync(Cluster cluster, ResourceKind kind, JsonObject o, string finalizer,
        CancellationToken cancellationToken) =>
        cluster.ChangeAsync(kind, o, null, each =>
            Keep(each.Metadata(), "finalizers", name => name.Text() != finalizer), cancellationToken);

    private static void Keep(JsonObject meta, string field, Func<JsonNode?, bool> filter)
    {
        var kept = new JsonArray([.. (meta[field] as JsonArray ?? []).Where(filter).Select(item => item?.DeepClone())]);
        if (kept.Count == 0) meta.Remove(field);
        else meta[field] = kept;
    }
}
