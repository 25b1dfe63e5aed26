using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Lists what a snapshot has, as Get-EtcdSnapshotObject does.</summary>
internal static class ObjectListing
{
    public static async Task<EtcdSnapshotObject[]> OfAsync(string path, ObjectFilter? filter = null, long? atRevision = null, bool history = false)
    {
        var sink = await RunAsync(path, filter, atRevision, history);
        Assert.Empty(sink.Faults);
        return [.. sink.Records.Cast<EtcdSnapshotObject>()];
    }

    public static async Task<RecordingSink> RunAsync(string path, ObjectFilter? filter = null, long? atRevision = null, bool history = false)
    {
        var sink = new RecordingSink();
        var query = new SnapshotObjectQuery { Filter = filter ?? new ObjectFilter(), AtRevision = atRevision, History = history };
        await query.RunAsync(path, sink, TestContext.Current.CancellationToken);
        return sink;
    }
}
