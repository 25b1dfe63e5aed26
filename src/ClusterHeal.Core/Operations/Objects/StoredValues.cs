using System.Text;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>Reads the stored bytes of objects that were listed before.</summary>
internal static class StoredValues
{
    /// <summary>Reads the values of some objects of one snapshot in one walk over it.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="objects">The objects, as <see cref="SnapshotObjectQuery"/> put them out.</param>
    /// <param name="visit">Gets each object that was found, with its bytes, in the order of their revisions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An error for each object that is not there any more: the file was replaced.</returns>
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
                // A key may have passed a pipeline, which makes characters visible that a terminal would obey.
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
