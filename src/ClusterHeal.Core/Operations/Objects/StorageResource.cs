using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// The name under which the objects of an API resource are stored. The server's own groups have no group in their keys, with two exceptions; all
/// others, custom resources included, have it. (Kubernetes: cmd/kube-apiserver, apiextensions-apiserver, kube-aggregator)
/// </summary>
internal static class StorageResource
{
    private static readonly HashSet<string> OwnGroups =
    [
        "", "admissionregistration.k8s.io", "apps", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io",
        "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
        "storagemigration.k8s.io",
    ];

    /// <summary>Resources that change all the time by themselves: they say nothing about what people did.</summary>
    public static IReadOnlyList<string> Volatile { get; } = ["endpointslices", "events", "leases"];

    /// <summary>The name as in <see cref="EtcdSnapshot.Resources"/>.</summary>
    public static string NameOf(ServedResource resource) =>
        OwnGroups.Contains(resource.Group) ? resource.Plural : $"{resource.Plural}.{resource.Group}";
}
