using System.Text.Json.Serialization.Metadata;

namespace ClusterHeal.Kubernetes;

/// <summary>A kind of object: where the API has it and how its JSON is read.</summary>
internal sealed record ResourceType<T>(string ApiPath, string Plural)
    where T : class, IKubernetesObject
{
    /// <summary>How an object is read.</summary>
    public JsonTypeInfo<T> Item { get; } = ApiJson.TypeInfo<T>();

    /// <summary>How a list of them is read.</summary>
    public JsonTypeInfo<ResourceList<T>> List { get; } = ApiJson.TypeInfo<ResourceList<T>>();

    /// <summary>The path of all objects, of those of one namespace, or of one object.</summary>
    public string Path(string? nameSpace = null, string? name = null)
    {
        var scope = string.IsNullOrEmpty(nameSpace) ? ApiPath : $"{ApiPath}/namespaces/{Uri.EscapeDataString(nameSpace)}";
        return name is null ? $"{scope}/{Plural}" : $"{scope}/{Plural}/{Uri.EscapeDataString(name)}";
    }
}

/// <summary>The kinds that we read.</summary>
internal static class Resources
{
    public static ResourceType<Node> Nodes { get; } = new("/api/v1", "nodes");

    public static ResourceType<Pod> Pods { get; } = new("/api/v1", "pods");

    public static ResourceType<PodDisruptionBudget> Budgets { get; } = new(
        "/apis/policy/v1",
        "poddisruptionbudgets");

    public static ResourceType<Lease> Leases { get; } =
        new("/apis/coordination.k8s.io/v1", "leases");

    public static ResourceType<EndpointSlice> EndpointSlices { get; } = new(
        "/apis/discovery.k8s.io/v1", "endpointslices");

    public static ResourceType<ApiService> ApiServices { get; } = new(
        "/apis/apiregistration.k8s.io/v1", "apiservices");

    /// <summary>A kind of admission webhooks.</summary>
    public static ResourceType<WebhookConfiguration> Webhooks(string plural) => new(
        "/apis/admissionregistration.k8s.io/v1",
        plural);

    /// <summary>A kind of workload of which it is read how much of it is ready.</summary>
    public static ResourceType<SystemWorkload> SystemWorkloads(string plural) =>
        new("/apis/apps/v1", plural);

    public static ResourceType<Service> Services { get; } =
        new("/api/v1", "services");

    /// <summary>A kind of which only the metadata is read.</summary>
    public static ResourceType<AnyObject> Any(string apiPath, string plural) =>
        new(apiPath, plural);

    /// <summary>A kind of workload, of which the number of pods that it is to have is read.</summary>
    public static ResourceType<Workload> Workloads(string apiPath, string plural) =>
        new(apiPath, plural);
}

/// <summary>Which objects of a kind.</summary>
/// <param name="Namespace">One namespace, or null for all.</param>
/// <param name="FieldSelector">For example <c>spec.nodeName=kubew03</c>.</param>
/// <param name="LabelSelector">As kubectl takes it with <c>-l</c>.</param>
internal sealed record ResourceQuery(string? Namespace = null, string? FieldSelector = null, string? LabelSelector = null)
{
    /// <summary>All objects.</summary>
    public static ResourceQuery All { get; } = new();

    /// <summary>The parameters of the URL, each with a leading ampersand.</summary>
    public string Parameters =>
        (FieldSelector is null ? "" : "&fieldSelector=" + Uri.EscapeDataString(FieldSelector))
        + (LabelSelector is null ? "" : "&labelSelector=" + Uri.EscapeDataString(LabelSelector));
}
