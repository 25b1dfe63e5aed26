using System.Globalization;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// The live objects of a cluster as its API server shows them, only with their metadata. An object's resourceVersion is the revision of its key. Each
/// resource is listed at its own revision.
/// </summary>
/// <param name="client">The API server.</param>
public sealed class ComparedApi(KubernetesClient client) : ComparedState
{
    /// <inheritdoc/>
    internal override string Name => $"the live {client.Connection}";

    /// <inheritdoc/>
    internal override async Task VisitAsync(ComparisonScope scope, VisitCompared visit, IOperationSink sink, CancellationToken cancellationToken)
    {
        var before = client.RequestCount;
        if (scope.HasKeys) sink.Warning("The API shows no stored bytes, so the keys of encryption at rest are not used. Compare through etcd (-Endpoint) to use them.");
        var served = await ApiDiscovery.AskAsync(client, cancellationToken).ConfigureAwait(false);
        var foreign = await ForeignGroupsAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, ServedResource> resources = [];
        foreach (var resource in served.Resources)
        {
            if (!foreign.Contains((resource.Group, resource.Version)) && resource.Verbs.Contains("list")) resources.TryAdd(StorageResource.NameOf(resource), resource);
        }

        LeaveOutUnserved(scope, resources, served.Unavailable, sink);
        foreach (var (name, resource) in resources)
        {
            if (!scope.Includes(name, resource.Kind)) continue;
            try
            {
                await foreach (var item in client.ListAsync(
                    Resources.Any(resource.ApiVersion, resource.Plural), new ResourceQuery(MetadataOnly: true), cancellationToken).ConfigureAwait(false))
                {
                    // An object that is not stored has no revision.
                    if (!long.TryParse(item.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) || revision == 0) continue;
                    var key = new StorageKey(name, item.Metadata.Namespace, item.Metadata.Name);
                    if (key is { Resource: "namespaces", Name: "kube-system" }) ClusterUid = item.Metadata.Uid;
                    visit(key, resource.Kind, new StoredBytes("", revision, []));
                }
            }
            catch (KubernetesException e) when (e.StatusCode is 403 or 404 or 405)
            {
                scope.LeaveOut(name);
                sink.Fail(e);
            }
        }

        if (ClusterUid.Length == 0) ClusterUid = await UidAsync(cancellationToken).ConfigureAwait(false);
        Requests = client.RequestCount - before;
    }

    /// <summary>
    /// If the server does not serve a resource, it cannot say whether its objects are still stored. A custom resource is deleted with its definition.
    /// </summary>
    private static void LeaveOutUnserved(
        ComparisonScope scope, Dictionary<string, ServedResource> served, IReadOnlyList<string> unavailable, IOperationSink sink)
    {
        foreach (var name in scope.SnapshotResources.Where(name => !served.ContainsKey(name)).Order(StringComparer.Ordinal))
        {
            var group = name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? name[(dot + 1)..] : "";
            if (group.Length > 0 && !unavailable.Contains(group)) continue;
            scope.LeaveOut(name);
            sink.Warning($"The API server does not serve {name}, which the snapshot has, so they are not compared. Compare through etcd (-Endpoint) to see them.");
        }
    }

    /// <summary>Groups that another server serves: their objects are not in this etcd.</summary>
    private async Task<HashSet<(string Group, string Version)>> ForeignGroupsAsync(CancellationToken cancellationToken)
    {
        HashSet<(string Group, string Version)> foreign = [];
        try
        {
            await foreach (var service in client.ListAsync(Resources.ApiServices, ResourceQuery.All, cancellationToken).ConfigureAwait(false))
            {
                if (service.Spec.Service is null || service.Metadata.Name.Split('.', 2) is not [var version, var group]) continue;
                foreign.Add((group, version));
            }
        }
        catch (KubernetesException e) when (e.StatusCode is 403 or 404)
        {
            // Without the right to read them, their objects count as added.
        }

        return foreign;
    }

    private async Task<string> UidAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.FindAsync(Resources.Any("v1", "namespaces"), null, "kube-system", cancellationToken).ConfigureAwait(false))?.Metadata.Uid ?? "";
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            return "";
        }
    }
}
