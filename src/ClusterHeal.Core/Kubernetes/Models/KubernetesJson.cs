using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

/// <summary>The generated readers and writers of our models; unknown fields are skipped, never stored.</summary>
/// <remarks>
/// A property with a default has <c>set</c>, not <c>init</c>: the generator passes all <c>init</c> properties at once. Those that are not in the JSON
/// would be null, whatever their default.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(PodDisruptionBudget))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Workload))]
[JsonSerializable(typeof(SystemWorkload))]
[JsonSerializable(typeof(WebhookConfiguration))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(ApiService))]
[JsonSerializable(typeof(AnyObject))]
[JsonSerializable(typeof(ResourceList<Pod>))]
[JsonSerializable(typeof(ResourceList<Node>))]
[JsonSerializable(typeof(ResourceList<PodDisruptionBudget>))]
[JsonSerializable(typeof(ResourceList<Lease>))]
[JsonSerializable(typeof(ResourceList<Workload>))]
[JsonSerializable(typeof(ResourceList<SystemWorkload>))]
[JsonSerializable(typeof(ResourceList<WebhookConfiguration>))]
[JsonSerializable(typeof(ResourceList<EndpointSlice>))]
[JsonSerializable(typeof(ResourceList<ApiService>))]
[JsonSerializable(typeof(ResourceList<AnyObject>))]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
