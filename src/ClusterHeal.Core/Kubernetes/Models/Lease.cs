namespace ClusterHeal.Kubernetes;

internal sealed record Lease : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public LeaseSpec Spec { get; set; } = new();
}

internal sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    public DateTimeOffset? RenewTime { get; init; }
}
