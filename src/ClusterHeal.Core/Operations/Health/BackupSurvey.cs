using ClusterHeal.Common;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>Examines the folder of the snapshots. Only proven ones have manifests.</summary>
internal static class BackupSurvey
{
    /// <summary>The clocks of two machines may differ by this and both be right.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clusterId">
    /// The ID of etcd's cluster. Its snapshots count, and those of the clusters that it replaced. Null if it is not known; then all count if they are
    /// of one lineage.
    /// </param>
    /// <param name="now">The time. A file with a later date proves nothing about its age.</param>
    /// <exception cref="ClusterHealException">The folder cannot be read.</exception>
    public static BackupFacts Run(string folder, string? clusterId, DateTimeOffset now)
    {
        try
        {
            var all = SnapshotFolder.Saved(folder).ToList();
            var line = clusterId is null ? OnlyLine(folder, all) : ClusterLineage.Of(folder, clusterId);
            var own = all.Where(found => line is not null && line.Contains(found.Manifest.ClusterId)).ToList();
            var dated = own.Where(found => found.Manifest.SavedAt - now <= Skew).OrderByDescending(found => found.Manifest.SavedAt).ToList();
            var newest = dated.FirstOrDefault();
            return new BackupFacts(
                folder,
                newest.Path is null ? null : Path.GetFileName(newest.Path),
                newest.Manifest?.SavedAt,
                dated.Where(f => f.Manifest.RehearsedAt - now <= Skew).Max(f => f.Manifest.RehearsedAt),
                all.Count - own.Count)
            {
                FromTheFuture = own.Count - dated.Count,
                WhoseIsUnknown = line is null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, folder, "read");
        }
    }

    /// <summary>The lineage of all snapshots of a folder; empty if there are none, null if there are several.</summary>
    private static IReadOnlySet<string>? OnlyLine(string folder, List<(string Path, SnapshotManifest Manifest)> all)
    {
        var clusters = all.Select(found => found.Manifest.ClusterId).ToHashSet();
        var longest = clusters.Select(id => ClusterLineage.Of(folder, id)).MaxBy(line => line.Count) ?? clusters;
        return longest.IsSupersetOf(clusters) ? longest : null;
    }
}
