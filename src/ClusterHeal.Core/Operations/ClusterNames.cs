using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>The names that are in a cluster, sorted, for completion.</summary>
public static class ClusterNames
{
    /// <summary>The nodes.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<IReadOnlyList<string>> NodesAsync(ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken) =>
        ListAsync(cluster, shells, [Resources.Any("v1", "nodes")], null, cancellationToken);

    /// <summary>The namespaces.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<IReadOnlyList<string>> NamespacesAsync(ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken) =>
        ListAsync(cluster, shells, [Resources.Any("v1", "namespaces")], null, cancellationToken);

    /// <summary>The Deployments, StatefulSets and DaemonSets.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="place">Their namespace, or null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<IReadOnlyList<string>> WorkloadsAsync(
        ClusterConnection cluster, HostShells shells, string? place, CancellationToken cancellationToken) =>
        ListAsync(
            cluster,
            shells,
            [Resources.Any("apps/v1", "deployments"), Resources.Any("apps/v1", "statefulsets"), Resources.Any("apps/v1", "daemonsets")],
            place,
            cancellationToken);

    /// <summary>The names of etcd's members.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<string>> MembersAsync(ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken) =>
        Sorted((await ClusterEtcd.MembersAsync(cluster, shells, cancellationToken).ConfigureAwait(false)).Select(member => member.Name));

    /// <summary>The ids of etcd's members.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<string>> MemberIdsAsync(ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken) =>
        Sorted((await ClusterEtcd.MembersAsync(cluster, shells, cancellationToken).ConfigureAwait(false)).Select(member => member.Id));

    private static async Task<IReadOnlyList<string>> ListAsync(
        ClusterConnection cluster, HostShells shells, IEnumerable<ResourceType<AnyObject>> types, string? place, CancellationToken cancellationToken)
    {
        using var client = await ClusterConnector.OpenAsync(cluster, shells, cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        foreach (var type in types)
        {
            var found = await client.SnapshotAsync(type, new ResourceQuery(place), cancellationToken).ConfigureAwait(false);
            names.AddRange(found.Items.Select(item => item.Metadata.Name));
        }

        return Sorted(names);
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}
