using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

/// <summary>The generated readers and writers of the hand-picked models; unknown fields are skipped, never stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(PodDisruptionBudget))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Workload))]
[JsonSerializable(typeof(AnyObject))]
[JsonSerializable(typeof(ResourceList<Pod>))]
[JsonSerializable(typeof(ResourceList<Node>))]
[JsonSerializable(typeof(ResourceList<PodDisruptionBudget>))]
[JsonSerializable(typeof(ResourceList<Lease>))]
[JsonSerializable(typeof(ResourceList<Workload>))]
[JsonSerializable(typeof(ResourceList<AnyObject>))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(Eviction))]
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
