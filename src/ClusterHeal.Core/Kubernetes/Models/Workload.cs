namespace ClusterHeal.Kubernetes;

/// <summary>The common part of ReplicaSet, StatefulSet and ReplicationController: the wanted number of pods.</summary>
internal sealed record Workload : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public WorkloadSpec Spec { get; set; } = new();
}

internal sealed record WorkloadSpec
{
    public int? Replicas { get; init; }
}
