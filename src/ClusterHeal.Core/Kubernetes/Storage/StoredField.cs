namespace ClusterHeal.Kubernetes;

/// <summary>
/// A field of a built-in kind in both forms of storage. On the path through a list, it is the field of each item. The field numbers never change:
/// every server stores them.
/// </summary>
/// <param name="Json">The path of names.</param>
/// <param name="Protobuf">The path of field numbers.</param>
/// <param name="Entry">For a map, the key of one entry; null for the whole field.</param>
internal sealed record StoredField(string[] Json, int[] Protobuf, string? Entry = null)
{
    // Kubernetes: api/core/v1/generated.proto, api/batch/v1/generated.proto
    public static StoredField SecretData { get; } = new(["data"], [2]);

    public static StoredField ClusterIP { get; } = new(["spec", "clusterIP"], [2, 3]);

    public static StoredField ClusterIPs { get; } = new(["spec", "clusterIPs"], [2, 18]);

    public static StoredField NodePort { get; } = new(["spec", "ports", "nodePort"], [2, 1, 5]);

    public static StoredField HealthCheckNodePort { get; } = new(["spec", "healthCheckNodePort"], [2, 12]);

    public static StoredField NodeName { get; } = new(["spec", "nodeName"], [2, 10]);

    public static StoredField EphemeralContainers { get; } = new(["spec", "ephemeralContainers"], [2, 34]);

    public static StoredField PodPhase { get; } = new(["status", "phase"], [3, 1]);

    public static StoredField VolumeName { get; } = new(["spec", "volumeName"], [2, 3]);

    public static StoredField ClaimNamespace { get; } = new(["spec", "claimRef", "namespace"], [2, 4, 2]);

    public static StoredField ClaimName { get; } = new(["spec", "claimRef", "name"], [2, 4, 3]);

    public static StoredField ClaimUid { get; } = new(["spec", "claimRef", "uid"], [2, 4, 4]);

    public static StoredField ClaimRevision { get; } = new(["spec", "claimRef", "resourceVersion"], [2, 4, 6]);

    public static StoredField JobSelector { get; } = new(["spec", "selector"], [2, 4]);

    public static StoredField JobConditionType { get; } = new(["status", "conditions", "type"], [3, 1, 1]);

    public static StoredField JobConditionStatus { get; } = new(["status", "conditions", "status"], [3, 1, 2]);

    public static StoredField JobManualSelector { get; } = new(["spec", "manualSelector"], [2, 5]);

    public static StoredField JobPodLabel(string label) => new(["spec", "template", "metadata", "labels"], [2, 6, 1, 11], label);
}
