using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>Reads the stored bytes of listed objects.</summary>
internal static class StoredValues
{
    /// <summary>How many values may wait for the caller: the largest that etcd accepts have some MiB each.</summary>
    private const int MostWaiting = 16;

    /// <summary>Reads the values of some objects of one snapshot in one walk over it, one after another in the order of their revisions.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="objects">The objects, from <see cref="SnapshotObjectQuery"/>.</param>
    /// <param name="sink">Gets an error for each object that is no longer there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The file cannot be read.</exception>
    public static async IAsyncEnumerable<StoredValue> ReadAsync(
        string path, IReadOnlyCollection<EtcdSnapshotObject> objects, IOperationSink sink, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var values = Channel.CreateBounded<StoredValue>(MostWaiting);
        var walk = Task.Run(Walk, stop.Token);
        try
        {
            await foreach (var value in values.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false)) yield return value;
            foreach (var fault in await walk.ConfigureAwait(false)) sink.Fail(fault);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)walk).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        IReadOnlyList<ClusterHealException> Walk()
        {
            Exception? failure = null;
            try
            {
                // The walk is not asynchronous: it waits here until there is space.
                return Visit(path, objects, (found, value) => values.Writer.WriteAsync(new StoredValue(found, value.ToArray()), stop.Token).AsTask().GetAwaiter().GetResult(), stop.Token);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
            finally
            {
                values.Writer.TryComplete(failure);
            }
        }
    }

    /// <summary>Reads the values of some objects of one snapshot in one walk over it.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="objects">The objects, from <see cref="SnapshotObjectQuery"/>.</param>
    /// <param name="visit">Gets each found object, with its bytes, in the order of their revisions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An error for each object that is no longer there: the file was replaced.</returns>
    /// <exception cref="ClusterHealException">The file cannot be read.</exception>
    public static IReadOnlyList<ClusterHealException> Visit(
        string path, IEnumerable<EtcdSnapshotObject> objects, VisitObject visit, CancellationToken cancellationToken)
    {
        var wanted = objects.GroupBy(wanted => wanted.Revision).ToDictionary(group => group.Key, group => group.DistinctBy(o => o.Key).ToList());
        using var file = SnapshotFile.Open(path);
        new SnapshotRecords(file).VisitAll(
            record =>
            {
                if (record.IsTombstone || !wanted.TryGetValue(record.Main, out var candidates)) return;
                // For the pipeline, characters that a terminal would execute were made visible. So the listed key may differ from the stored one.
                var key = VisibleText.Of(Encoding.UTF8.GetString(record.Key));
                if (candidates.Find(candidate => VisibleText.Of(candidate.Key) == key) is not { } found) return;
                candidates.Remove(found);
                visit(found, record.Value);
            },
            cancellationToken);
        return [.. wanted.Values.SelectMany(missing => missing).OrderBy(missing => missing.Revision).Select(missing => NotFound(path, missing))];
    }

    private static ClusterHealException NotFound(string path, EtcdSnapshotObject missing) => new(
        ErrorIds.SnapshotObjectNotFound,
        FaultCategory.NotFound,
        missing.IsDeleted
            ? $"{missing} is a deletion: nothing is stored at that revision of '{path}'."
            : $"{missing} is not in '{path}': the file was replaced since it was read.",
        missing.ToString(),
        missing.IsDeleted ? "Take the revision before it (Get-EtcdSnapshotObject -History)." : "List its objects again with Get-EtcdSnapshotObject.");
}
