using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>
/// Says who may do what. There are no roles to configure: <c>system:masters</c> and the controller manager may do everything, the
/// scheduler, the nodes and their proxies what they need, everybody else may look at discovery.
/// </summary>
internal static class Authorization
{
    private static readonly string[] OpenPaths = ["/healthz", "/livez", "/readyz", "/version"];
    private static readonly string[] DiscoveryPaths = ["/api", "/apis", "/openapi"];
    private static readonly string[] Reading = ["get", "list", "watch"];

    /// <summary>Checks a URL that names no object.</summary>
    public static void DemandPath(Identity who, string verb, string path)
    {
        if (OpenPaths.Any(open => IsBelow(path, open)) && verb == "get") return;
        if (Mighty(who) || (who.IsIn("system:authenticated") && DiscoveryPaths.Any(open => IsBelow(path, open)))) return;
        throw ApiFault.Forbidden(null, null, $"forbidden: User \"{who.User}\" cannot {verb} path \"{path}\"");
    }

    /// <summary>Checks whether the identity may do this to objects.</summary>
    public static void Demand(Identity who, string verb, ApiPath path)
    {
        if (Mighty(who) || IsScheduler(who, verb, path) || IsNode(who, verb, path) || IsProxy(who, verb, path)) return;
        var resource = path.Part is null ? path.Resource : $"{path.Resource}/{path.Part}";
        var scope = path.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
        var about = path.Group.Length == 0 ? path.Resource : $"{path.Resource}.{path.Group}";
        var named = path.Name is null ? about : $"{about} \"{path.Name}\"";
        throw ApiFault.Forbidden(
            path.Kind ?? new ResourceKind(path.Group, "", path.Resource, "", true),
            path.Name,
            $"{named} is forbidden: User \"{who.User}\" cannot {verb} resource \"{resource}\" in API group \"{path.Group}\" {scope}");
    }

    private static bool Mighty(Identity who) => who.IsIn("system:masters") || who.User == "system:kube-controller-manager";

    private static bool IsScheduler(Identity who, string verb, ApiPath path) =>
        who.User == "system:kube-scheduler"
        && (Reading.Contains(verb)
            || path is { Resource: "pods", Part: "status" or "binding" } or { Resource: "events" or "leases" });

    private static bool IsNode(Identity who, string verb, ApiPath path) =>
        who.IsIn("system:nodes")
        && (Reading.Contains(verb) || path.Resource is "nodes" or "pods" or "events" or "leases");

    private static bool IsProxy(Identity who, string verb, ApiPath path) =>
        who.User == "system:kube-proxy" && Reading.Contains(verb) && path.Resource is ("services" or "endpoints" or "nodes");

    private static bool IsBelow(string path, string root) =>
        path == root || path.StartsWith(root + "/", StringComparison.Ordinal);
}
