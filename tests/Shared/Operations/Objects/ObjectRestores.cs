using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Restores objects of a snapshot, as Restore-ClusterObject does.</summary>
internal static class ObjectRestores
{
    public static async Task<RecordingSink> RunAsync(
        KubernetesClient client, string path, IReadOnlyCollection<EtcdSnapshotObject> objects, Func<ObjectRestore, ObjectRestore>? options = null, bool answer = true)
    {
        var sink = new RecordingSink { Answer = answer };
        var restore = new ObjectRestore { Client = client };
        await (options?.Invoke(restore) ?? restore).RunAsync(path, objects, sink, TestContext.Current.CancellationToken);
        return sink;
    }

    /// <summary>The results.</summary>
    public static ClusterObjectRestore[] Results(this RecordingSink sink) => [.. sink.Records.OfType<ClusterObjectRestore>()];

    /// <summary>Each result as a text, sorted.</summary>
    public static string[] Outcomes(this RecordingSink sink) => [.. sink.Results().Select(result => result.ToString()).Order(StringComparer.Ordinal)];
}
