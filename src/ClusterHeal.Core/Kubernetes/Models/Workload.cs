namespace ClusterHeal.Kubernetes;

/// <summary>What a ReplicaSet, StatefulSet or ReplicationController has in common: how many pods it is to have.</summary>
internal sealed record Workload : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public WorkloadSpec Spec { get; set; } = new();
}

internal sealed record WorkloadSpec
{
    public int? Replicas { get; init; }
}
