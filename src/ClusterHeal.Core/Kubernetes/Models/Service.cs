namespace ClusterHeal.Kubernetes;

/// <summary>A service, of which its ports are read.</summary>
internal sealed record Service : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public ServiceSpec Spec { get; set; } = new();
}

internal sealed record ServiceSpec
{
    public IReadOnlyList<ServicePort>? Ports { get; set; }
}

internal sealed record ServicePort
{
    public int? NodePort { get; init; }
}
