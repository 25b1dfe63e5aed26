using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// Writes, beside the snapshots, which cluster a restored one replaced. Only a restore in place replaces one. A restore to a folder may be a copy of
/// a cluster that still runs, and the snapshots are that cluster's.
/// </summary>
internal static class RestoredLineage
{
    /// <summary>
    /// Writes it into the folder of the snapshot and that of the last snapshot before the restore. A failure is a warning: the cluster is restored.
    /// </summary>
    /// <param name="plan">What was done.</param>
    /// <param name="before">The cluster IDs that members on the hosts named before.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sink">Takes warnings.</param>
    public static void Note(ClusterRestorePlan plan, IEnumerable<ulong> before, TimeProvider time, IOperationSink sink)
    {
        if (Predecessor(plan, [.. before.Distinct()]) is not { } predecessor || predecessor == plan.Data.ClusterId) return;
        var lineage = new ClusterLineage
        {
            Schema = ClusterLineage.CurrentSchema,
            ClusterId = plan.Data.ClusterId,
            PredecessorId = predecessor,
            OperationId = plan.OperationId,
            RestoredAt = time.GetUtcNow(),
        };
        var folders = new[] { plan.Data.Path, plan.LastSnapshotPath }.OfType<string>().Select(path => Path.GetDirectoryName(Path.GetFullPath(path))!);
        foreach (var folder in folders.Distinct())
        {
            try
            {
                lineage.WriteTo(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                sink.Warning(
                    $"The cluster is restored and has the new id {lineage.ClusterId}. That it replaces {predecessor} could not be noted in '{folder}' "
                    + $"({e.Message}), so older snapshots there will count as those of another cluster.");
            }
        }
    }

    /// <summary>
    /// The cluster that was on the hosts: from its members, otherwise from the manifest of the snapshot, if the members there had exactly the restored addresses.
    /// </summary>
    private static string? Predecessor(ClusterRestorePlan plan, ulong[] told)
    {
        if (told is [var only]) return EtcdId.Hex(only);
        if (told.Length > 1 || SnapshotManifest.Find(plan.Data.Path) is not { } manifest) return null;
        var restored = plan.Data.Members.SelectMany(member => member.PeerUrls).ToHashSet(StringComparer.Ordinal);
        return restored.SetEquals(manifest.Members.SelectMany(member => member.PeerUrls)) ? manifest.ClusterId : null;
    }
}
