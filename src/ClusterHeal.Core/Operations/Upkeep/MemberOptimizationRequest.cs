namespace ClusterHeal.Operations.Upkeep;

/// <summary>Which members of etcd to defragment.</summary>
public sealed record MemberOptimizationRequest
{
    /// <summary>The user's name for the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Names or IDs of the members; none for all voters.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>How long one member may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
