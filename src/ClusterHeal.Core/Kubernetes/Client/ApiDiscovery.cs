using k8s;
using k8s.Models;

namespace ClusterHeal.Kubernetes;

/// <summary>Asks an API server what it serves (discovery, as kubectl api-resources does).</summary>
internal static class ApiDiscovery
{
    /// <summary>All resources of all groups.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubernetesException">The server does not answer. A group that does not answer is in <see cref="ServedResources.Unavailable"/>.</exception>
    public static async Task<ServedResources> AskAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        Dictionary<(string Group, string Plural), ServedResource> resources = [];
        List<string> unavailable = [];
        var core = await client.CallAsync(new ApiRequest("list the resources"), (api, stop) => api.CoreV1.GetAPIResourcesAsync(stop), cancellationToken).ConfigureAwait(false);
        Add("", "v1", core);
        var groups = await client.CallAsync(new ApiRequest("list the API groups"), (api, stop) => api.Apis.GetAPIVersionsAsync(stop), cancellationToken).ConfigureAwait(false);
        foreach (var group in groups.Groups ?? [])
        {
            // The server's preferred versions come first. A resource that only an older version has is taken from that one.
            foreach (var version in group.Versions.OrderBy(v => v.Version == group.PreferredVersion?.Version ? 0 : 1))
            {
                try
                {
                    var request = new ApiRequest($"list the resources of {group.Name}/{version.Version}");
                    Add(group.Name, version.Version, await client.CallAsync(
                        request, (api, stop) => api.CustomObjects.GetAPIResourcesAsync(group.Name, version.Version, stop), cancellationToken).ConfigureAwait(false));
                }
                catch (KubernetesException e) when (e.StatusCode is 404 or 503)
                {
                    unavailable.Add(group.Name);
                }
            }
        }

        return new ServedResources([.. resources.Values], [.. unavailable.Distinct()]);

        void Add(string group, string version, V1APIResourceList list)
        {
            foreach (var resource in list.Resources ?? [])
            {
                // A name with a slash is a part of another resource, such as pods/log.
                if (resource.Name.Contains('/', StringComparison.Ordinal)) continue;
                resources.TryAdd((group, resource.Name), new ServedResource(group, version, resource.Name, resource.Kind, resource.Namespaced, [.. resource.Verbs ?? []]));
            }
        }
    }
}
