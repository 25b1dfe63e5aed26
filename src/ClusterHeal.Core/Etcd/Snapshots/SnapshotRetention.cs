using System.Globalization;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// How many snapshots of a cluster stay in a folder: the newest few, and the newest of each of the last days and weeks (UTC, weeks
/// of ISO 8601) that have any. Only files that their manifests make ours, and of the same cluster, are ever looked at.
/// </summary>
public sealed record SnapshotRetention
{
    /// <summary>How many of the newest stay.</summary>
    public int KeepLast { get; init; }

    /// <summary>For how many days the newest of the day stays.</summary>
    public int KeepDaily { get; init; }

    /// <summary>For how many weeks the newest of the week stays.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>True where nothing is said, so that nothing is removed.</summary>
    public bool KeepsAll => KeepLast <= 0 && KeepDaily <= 0 && KeepWeekly <= 0;

    /// <summary>The snapshots of a folder that are not to be kept, oldest first.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clusterId">The cluster; files of others are not looked at.</param>
    /// <param name="adding">When a snapshot is saved that is not in the folder yet, or null. It counts among the kept.</param>
    /// <returns>Full paths.</returns>
    internal IReadOnlyList<string> Expired(string folder, string clusterId, DateTimeOffset? adding = null)
    {
        if (KeepsAll) return [];
        var own = Directory.EnumerateFiles(folder, "*" + SnapshotManifest.Extension)
            .Select(manifest => manifest[..^SnapshotManifest.Extension.Length])
            .Select(path => (Path: path, Manifest: SnapshotManifest.Find(path)))
            .Where(file => file.Manifest?.ClusterId == clusterId)
            .Select(file => (file.Path, file.Manifest!.SavedAt));
        if (adding is not null) own = own.Append(("", adding.Value));
        var newestFirst = own.OrderByDescending(file => file.SavedAt).ToList();

        var kept = newestFirst.Take(Math.Max(1, KeepLast)) // The newest always stays.
            .Concat(NewestPer(newestFirst, DateOnly.FromDateTime, KeepDaily))
            .Concat(NewestPer(newestFirst, time => (ISOWeek.GetYear(time), ISOWeek.GetWeekOfYear(time)), KeepWeekly))
            .ToHashSet();
        return [.. newestFirst.Where(file => !kept.Contains(file)).Select(file => file.Path).Reverse()];
    }

    private static IEnumerable<(string, DateTimeOffset)> NewestPer<T>(
        List<(string Path, DateTimeOffset SavedAt)> newestFirst, Func<DateTime, T> period, int count) =>
        newestFirst.DistinctBy(file => period(file.SavedAt.UtcDateTime)).Take(count);
}
