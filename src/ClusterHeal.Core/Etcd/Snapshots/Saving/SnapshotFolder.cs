using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>What is in a folder of snapshots.</summary>
public static class SnapshotFolder
{
    /// <summary>True for a file that belongs to snapshots and is none itself: a manifest, a lineage file, or an unfinished file.</summary>
    /// <param name="path">The file.</param>
    public static bool IsCompanion(string path) =>
        path.EndsWith(SnapshotManifest.Extension, StringComparison.Ordinal)
        || path.EndsWith(ClusterLineage.Extension, StringComparison.Ordinal)
        || DurableFile.IsPart(path);

    /// <summary>The snapshots that are still what their manifests describe.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal static IEnumerable<(string Path, SnapshotManifest Manifest)> Saved(string folder)
    {
        foreach (var manifest in Directory.EnumerateFiles(folder, "*" + SnapshotManifest.Extension))
        {
            var path = manifest[..^SnapshotManifest.Extension.Length];
            if (SnapshotManifest.Find(path) is { } found) yield return (path, found);
        }
    }
}
