using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Compares a snapshot, as Compare-EtcdSnapshot does.</summary>
internal static class SnapshotDifferences
{
    /// <summary>The differences as texts, sorted.</summary>
    public static async Task<string[]> OfAsync(string path, ComparedState other, SnapshotComparison? comparison = null)
    {
        var sink = await RunAsync(path, other, comparison ?? new SnapshotComparison { Filter = new ObjectFilter() });
        Assert.Empty(sink.Faults);
        return [.. sink.Records.Cast<EtcdSnapshotDifference>().Select(d => d.ToString()).Order(StringComparer.Ordinal)];
    }

    public static async Task<RecordingSink> RunAsync(string path, ComparedState other, SnapshotComparison comparison)
    {
        var sink = new RecordingSink();
        await comparison.RunAsync(path, other, sink, TestContext.Current.CancellationToken);
        return sink;
    }
}
