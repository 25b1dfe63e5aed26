namespace ClusterHeal.Kubernetes;

/// <summary>A kind of object: where the API has it and how its JSON is read.</summary>
/// <param name="ApiVersion">Group and version as manifests have them: <c>v1</c>, <c>apps/v1</c>.</param>
/// <param name="Plural">The kind's name in URLs.</param>
internal sealed record ResourceType<T>(string ApiVersion, string Plural)
    where T : class
{
    /// <summary>The group, empty for the core's.</summary>
    public string Group => ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion.Split('/')[0] : "";

    public string Version => ApiVersion.Split('/')[^1];
}

/// <summary>The kinds that we read.</summary>
internal static class Resources
{
    public static ResourceType<Node> Nodes { get; } = new("v1", "nodes");

    public static ResourceType<Pod> Pods { get; } = new("v1", "pods");

    public static ResourceType<PodDisruptionBudget> Budgets { get; } = new("policy/v1", "poddisruptionbudgets");

    public static ResourceType<Lease> Leases { get; } = new("coordination.k8s.io/v1", "leases");

    public static ResourceType<EndpointSlice> EndpointSlices { get; } = new("discovery.k8s.io/v1", "endpointslices");

    public static ResourceType<ApiService> ApiServices { get; } = new("apiregistration.k8s.io/v1", "apiservices");

    /// <summary>A kind of admission webhooks.</summary>
    public static ResourceType<WebhookConfiguration> Webhooks(string plural) => new("admissionregistration.k8s.io/v1", plural);

    /// <summary>A kind of workload; it is read how much of it is ready.</summary>
    public static ResourceType<SystemWorkload> SystemWorkloads(string plural) => new("apps/v1", plural);

    /// <summary>A kind; only the metadata is read.</summary>
    public static ResourceType<AnyObject> Any(string apiVersion, string plural) => new(apiVersion, plural);

    /// <summary>A kind of workload; the wanted number of pods is read.</summary>
    public static ResourceType<Workload> Workloads(string apiVersion, string plural) => new(apiVersion, plural);
}

/// <summary>Which objects of a kind.</summary>
/// <param name="Namespace">One namespace, or null for all.</param>
/// <param name="FieldSelector">For example <c>spec.nodeName=kubew03</c>.</param>
/// <param name="LabelSelector">As kubectl takes it with <c>-l</c>.</param>
/// <param name="MetadataOnly">True to receive the metadata alone: fewer bytes, and none of a Secret's data.</param>
internal sealed record ResourceQuery(
    string? Namespace = null, string? FieldSelector = null, string? LabelSelector = null, bool MetadataOnly = false)
{
    /// <summary>All objects.</summary>
    public static ResourceQuery All { get; } = new();
}
