using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Deletes objects: at once, after a grace period, or when the last finalizer goes.</summary>
internal sealed class DeletionService(EtcdStore store, TimeProvider time)
{
    /// <summary>Deletes an object, or begins to.</summary>
    /// <param name="path">The object.</param>
    /// <param name="options">The client's DeleteOptions.</param>
    /// <param name="dryRun">True to change nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="prepare">Changes the object in the same write, as an eviction adds a condition; or null.</param>
    /// <returns>The object as it is or last was, and whether it is gone.</returns>
    /// <exception cref="ApiFault">It is gone already, or not the one that the client meant.</exception>
    public async Task<(JsonObject Object, bool Gone)> DeleteAsync(
        ApiPath path, JsonObject options, bool dryRun, CancellationToken cancellationToken, Action<JsonObject>? prepare = null)
    {
        var (kind, name) = (path.Kind!, path.Name!);
        var key = kind.Key(path.Namespace, name);
        while (true)
        {
            var stored = await store.GetAsync(kind, key, cancellationToken) ?? throw ApiFault.NotFound(kind, name);
            var o = stored.Node();
            DemandPreconditions(kind, o, options);
            prepare?.Invoke(o);
            MarkDeleted(kind, o, options);
            var gone = ObjectService.IsFinished(kind, o);
            if (dryRun || JsonNode.DeepEquals(o, stored.Node())) return (o, gone);
            if (gone)
            {
                if (await store.DeleteAsync(key, stored.Revision, cancellationToken) is not null) return (o, true);
            }
            else if (await store.PutAsync(kind, key, o, stored.Revision, cancellationToken) is { } written)
            {
                return (written.Node(), false);
            }
        }
    }

    private static void DemandPreconditions(ResourceKind kind, JsonObject o, JsonObject options)
    {
        if (options.Text("preconditions", "uid") is { } uid && uid != o.Uid())
        {
            throw Mismatch("UID", uid, o.Uid());
        }
        if (options.Text("preconditions", "resourceVersion") is { } version && version != o.Text("metadata", "resourceVersion"))
        {
            throw Mismatch("ResourceVersion", version, o.Text("metadata", "resourceVersion")!);
        }

        // Here the real server names the kind where it otherwise names the resource.
        ApiFault Mismatch(string what, string asked, string found)
        {
            var message = $"Operation cannot be fulfilled on {kind.Kind} \"{o.Name()}\": the {what} in the precondition ({asked}) does not "
                + $"match the {what} in record ({found}). The object might have been deleted and then recreated";
            return new ApiFault(409, "Conflict", message, new JsonObject { ["name"] = o.Name(), ["kind"] = kind.Kind });
        }
    }

    private void MarkDeleted(ResourceKind kind, JsonObject o, JsonObject options)
    {
        var meta = o.Metadata();
        var now = time.GetUtcNow();
        var grace = kind.Kind == "Pod" ? GracePeriod(o, options) : 0;
        if (!o.Deleting())
        {
            meta["deletionTimestamp"] = Json.Stamp(now.AddSeconds(grace));
            meta["deletionGracePeriodSeconds"] = grace;
            if (kind.HasGeneration) meta["generation"] = o.Generation() + 1;
        }
        else if (grace < (meta.Number("deletionGracePeriodSeconds") ?? 0))
        {
            meta["deletionTimestamp"] = Json.Stamp(now.AddSeconds(grace));
            meta["deletionGracePeriodSeconds"] = grace;
        }

        if (options.Text("propagationPolicy") == "Foreground") AddFinalizer(meta, "foregroundDeletion");
        if (options.Text("propagationPolicy") == "Orphan" || options.Flag("orphanDependents")) AddFinalizer(meta, "orphan");
        if (kind.Kind == "Namespace") o.Status()["phase"] = "Terminating";
    }

    private static long GracePeriod(JsonObject pod, JsonObject options)
    {
        if (pod.Text("spec", "nodeName") is null or "" || pod.Text("status", "phase") is "Succeeded" or "Failed") return 0;
        var asked = options.Number("gracePeriodSeconds");
        if (asked is null && pod.Deleting()) return pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0;
        return Math.Max(0, asked ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    }

    private static void AddFinalizer(JsonObject meta, string finalizer)
    {
        if (meta["finalizers"] is not JsonArray finalizers) meta["finalizers"] = finalizers = [];
        if (!finalizers.Texts().Contains(finalizer)) finalizers.Add(finalizer);
    }
}
