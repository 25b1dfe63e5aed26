using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>What lies in a folder of snapshots.</summary>
public static class SnapshotFolder
{
    /// <summary>True for a file that is laid beside snapshots and is none: a manifest, a line of descent, or what is not finished.</summary>
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
