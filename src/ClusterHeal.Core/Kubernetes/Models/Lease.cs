namespace ClusterHeal.Kubernetes;

internal sealed record Lease : IKubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public LeaseSpec Spec { get; init; } = new();
}

internal sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    public DateTimeOffset? RenewTime { get; init; }
}
