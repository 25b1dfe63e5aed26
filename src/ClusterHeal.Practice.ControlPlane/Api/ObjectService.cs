using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Creates, changes and reads single objects by the rules of the API. Every call reads etcd itself, never the cache.</summary>
internal sealed class ObjectService(EtcdStore store, WatchCache cache, Defaults defaults, ServiceAddresses addresses, TimeProvider time)
{
    /// <summary>The storage below, for what deletes.</summary>
    public EtcdStore Store => store;

    /// <summary>Reads an object.</summary>
    /// <exception cref="ApiFault">There is none.</exception>
    public async Task<StoredObject> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancellationToken) =>
        await store.GetAsync(kind, kind.Key(ns, name), cancellationToken) ?? throw ApiFault.NotFound(kind, name);

    /// <summary>Creates an object.</summary>
    /// <exception cref="ApiFault">It exists, it breaks a rule, or its namespace is missing or going.</exception>
    public async Task<JsonObject> CreateAsync(ResourceKind kind, string? ns, JsonObject body, bool dryRun,
        CancellationToken cancellationToken)
    {
        var o = Arrange(kind, body);
        var meta = o.Metadata();
        if (kind.Namespaced)
        {
            if ((meta.Text("namespace") ?? ns) != ns)
            {
                throw ApiFault.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }
            meta["namespace"] = ns;
        }
        if (o.Revision() != 0) throw ApiFault.BadRequest("resourceVersion should not be set on objects to be created");
        var generated = string.IsNullOrEmpty(meta.Text("name")) && meta.Text("generateName") is { Length: > 0 };
        if (generated) meta["name"] = meta.Text("generateName") + Names.Suffix();
        if (kind.Namespaced) await DemandNamespaceAsync(kind, ns!, o.Name(), cancellationToken);

        meta["uid"] = Guid.NewGuid().ToString();
        meta["creationTimestamp"] = Json.Stamp(time.GetUtcNow());
        meta.Remove("deletionTimestamp");
        meta.Remove("deletionGracePeriodSeconds");
        meta.Remove("managedFields");
        if (kind.HasGeneration) meta["generation"] = 1;
        if (kind.HasStatus && kind.Kind != "Node") o.Remove("status");
        defaults.Complete(kind, o);
        Validation.Demand(kind, o);
        if (kind.Kind == "Service") addresses.Assign(o, cache.Of(ResourceKinds.Services).Objects.Values);
        if (kind.HasStatus) o.Status();
        o = Arrange(kind, o);
        var key = kind.Key(ns, o.Name());
        if (dryRun)
        {
            return await store.GetAsync(kind, key, cancellationToken) is null ? o : throw ApiFault.AlreadyExists(kind, o.Name());
        }
        var stored = await store.PutAsync(kind, key, o, 0, cancellationToken) ?? throw ApiFault.AlreadyExists(kind, o.Name());
        return stored.Node();
    }

    /// <summary>Changes an object, again if somebody else was quicker and the client did not ask for a certain version.</summary>
    /// <param name="path">The object, and the part of it that may change.</param>
    /// <param name="change">Makes the wanted object from a copy of the present one.</param>
    /// <param name="dryRun">True to store nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiFault">It is gone, it was changed, or the wanted object breaks a rule.</exception>
    public async Task<JsonObject> UpdateAsync(
        ApiPath path, Func<JsonObject, JsonObject> change, bool dryRun, CancellationToken cancellationToken)
    {
        var (kind, name) = (path.Kind!, path.Name!);
        var key = kind.Key(path.Namespace, name);
        while (true)
        {
            var stored = await store.GetAsync(kind, key, cancellationToken) ?? throw ApiFault.NotFound(kind, name);
            var current = stored.Node();
            var wanted = Arrange(kind, change(current.Copy()));
            Demand(kind, name, current, wanted);
            Prepare(path, current, wanted);
            if (JsonNode.DeepEquals(current, wanted) || dryRun) return wanted;
            if (IsFinished(kind, wanted))
            {
                if (await store.DeleteAsync(key, stored.Revision, cancellationToken) is not null) return wanted;
            }
            else if (await store.PutAsync(kind, key, wanted, stored.Revision, cancellationToken) is { } written)
            {
                return written.Node();
            }
        }
    }

    /// <summary>Puts the fields in the order in which the API shows them.</summary>
    public static JsonObject Arrange(ResourceKind kind, JsonObject o)
    {
        var arranged = new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion };
        string[] first = ["metadata", "spec", "status"];
        foreach (var name in first.Concat(o.Select(pair => pair.Key)).Distinct().ToArray())
        {
            if (name is "kind" or "apiVersion" || !o.ContainsKey(name)) continue;
            var value = o[name];
            o.Remove(name);
            arranged[name] = value;
        }
        return arranged;
    }

    /// <summary>True if nothing holds a deleted object any more.</summary>
    public static bool IsFinished(ResourceKind kind, JsonObject o) =>
        o.Deleting()
        && !o.Texts("metadata", "finalizers").Any()
        && (o.Number("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
        && !(kind.Kind == "Namespace" && o.Texts("spec", "finalizers").Any());

    private static void Demand(ResourceKind kind, string name, JsonObject current, JsonObject wanted)
    {
        if (wanted.Name() != name)
        {
            throw ApiFault.BadRequest($"the name of the object ({wanted.Name()}) does not match the name on the URL ({name})");
        }
        if (wanted.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != current.Text("metadata", "resourceVersion"))
        {
            throw ApiFault.Modified(kind, name);
        }
        if (wanted.Uid() is { Length: > 0 } uid && uid != current.Uid())
        {
            throw ApiFault.Conflict(kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid()}");
        }
    }

    /// <summary>Takes back what this request may not change, and counts the change of a spec.</summary>
    private void Prepare(ApiPath path, JsonObject current, JsonObject wanted)
    {
        var kind = path.Kind!;
        string[] fixedFields = ["namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
            "resourceVersion"];
        foreach (var field in fixedFields) Take(current.Metadata(), wanted.Metadata(), field);
        wanted.Metadata().Remove("managedFields");
        if (path.Part == "status")
        {
            foreach (var field in current.Select(pair => pair.Key).Where(field => field is not ("metadata" or "status")).ToArray())
            {
                Take(current, wanted, field);
            }
        }
        else if (kind.HasStatus && path.Part is null)
        {
            Take(current, wanted, "status");
        }
        if (kind.Kind == "Namespace" && path.Part != "finalize" && wanted.ContainsKey("spec"))
        {
            Take(current.Spec(), wanted.Spec(),
                "finalizers");
        }
        if (path.Part is not null) return;

        if (kind.Kind == "Service") addresses.Keep(current, wanted, cache.Of(ResourceKinds.Services).Objects.Values);
        defaults.Complete(kind, wanted);
        Validation.Demand(kind, wanted);
        if (kind.HasGeneration && !JsonNode.DeepEquals(current["spec"], wanted["spec"]))
        {
            wanted.Metadata()["generation"] = current.Generation() + 1;
        }
    }

    private static void Take(JsonObject from, JsonObject to, string field)
    {
        if (from[field] is { } value)
        {
            to[field] = value.DeepClone();
        }
        else
        {
            to.Remove(field);
        }
    }

    private async Task DemandNamespaceAsync(ResourceKind kind, string ns, string name, CancellationToken cancellationToken)
    {
        var key = ResourceKinds.Namespaces.Key(null, ns);
        var found = cache.Of(ResourceKinds.Namespaces).Objects.GetValueOrDefault(key)
            ?? await store.GetAsync(ResourceKinds.Namespaces, key, cancellationToken)
            ?? throw ApiFault.NotFound(ResourceKinds.Namespaces, ns);
        if (found.Fields["status.phase"] == "Terminating") throw ApiFault.NamespaceEnds(kind, name, ns);
    }
}
