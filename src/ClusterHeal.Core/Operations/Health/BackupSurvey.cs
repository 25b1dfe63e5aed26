using ClusterHeal.Common;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>Looks through the folder of the snapshots, by the manifests that only proven ones have.</summary>
internal static class BackupSurvey
{
    /// <summary>Looks.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clusterId">The id of etcd's cluster, whose snapshots count; null where it is not known, then all count.</param>
    /// <exception cref="ClusterHealException">The folder cannot be read.</exception>
    public static BackupFacts Run(string folder, string? clusterId)
    {
        try
        {
            var all = Directory.EnumerateFiles(folder, "*" + SnapshotManifest.Extension)
                .Select(path => path[..^SnapshotManifest.Extension.Length])
                .Select(path => (Path: path, Manifest: SnapshotManifest.Find(path)))
                .Where(found => found.Manifest is not null)
                .Select(found => (found.Path, Manifest: found.Manifest!))
                .ToList();
            var own = all.Where(found => clusterId is null || found.Manifest.ClusterId == clusterId)
                .OrderByDescending(found => found.Manifest.SavedAt)
                .ToList();
            var newest = own.FirstOrDefault();
            return new BackupFacts(
                folder,
                newest.Path is null ? null : Path.GetFileName(newest.Path),
                newest.Manifest?.SavedAt,
                own.Max(f => f.Manifest.RehearsedAt),
                all.Count - own.Count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, folder, "read");
        }
    }
}
