using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Fuzz;

/// <summary>Lists as an API server sends them, and what is made of their objects.</summary>
/// <param name="seeds">Recorded lists.</param>
internal sealed class AnswerTarget(IReadOnlyList<string> seeds) : IFuzzTarget
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly HashSet<string> Silent = [];

    /// <inheritdoc/>
    public string Name => "answer";

    /// <inheritdoc/>
    public byte[] Make(Random random, int longest) => JsonMutation.Make(seeds, random, longest);

    /// <inheritdoc/>
    public Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken)
    {
        var taken = Read(input, ApiJson.Find<ResourceList<Node>>()!, node => NodeReport.Make(node, null, null, "cluster", Now))
            | Read(input, ApiJson.Find<ResourceList<Pod>>()!, Report)
            | Read(input, ApiJson.Find<ResourceList<PodDisruptionBudget>>()!, budget => $"{budget}")
            | Read(input, ApiJson.Find<ResourceList<Lease>>()!, lease => $"{LeaseAge.Of(lease, Now)}");
        return Task.FromResult(taken ? FuzzOutcome.Taken : FuzzOutcome.Refused);
    }

    private static string Report(Pod pod) => $"{PodReport.Make(pod, Now)} {PodTrouble.Judge(pod, Now, TimeSpan.FromMinutes(5), Silent)}";

    /// <summary>A list that is no JSON of its kind is refused by the client, as a fault of the server.</summary>
    private static bool Read<T>(byte[] input, JsonTypeInfo<ResourceList<T>> type, Func<T, object> report)
        where T : class, IKubernetesObject
    {
        ResourceList<T>? list;
        try
        {
            list = JsonSerializer.Deserialize(input, type);
        }
        catch (JsonException)
        {
            return false;
        }

        foreach (var item in list?.Items ?? []) report(item);
        return true;
    }
}
