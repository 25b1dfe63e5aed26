using System.Globalization;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// How many snapshots of a cluster stay in a folder: the newest few, and the newest of each of the last days and weeks (UTC, weeks of ISO 8601) that
/// have any. Only snapshots that runs into the folder made count, and only those of this cluster or of one that it replaced.
/// </summary>
public sealed record SnapshotRetention
{
    /// <summary>The clocks of two machines may differ by this and both be right.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>How many of the newest stay.</summary>
    public int KeepLast { get; init; }

    /// <summary>For how many days the newest of the day stays.</summary>
    public int KeepDaily { get; init; }

    /// <summary>For how many weeks the newest of the week stays.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>True if no number is given. Then nothing is removed.</summary>
    public bool KeepsAll => KeepLast <= 0 && KeepDaily <= 0 && KeepWeekly <= 0;

    /// <summary>The snapshots of a folder to remove once a new one is saved. The new one counts as the newest, whatever dates the others have.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="clusterId">The cluster that runs.</param>
    /// <param name="saved">The path of the new one, which may not be saved yet.</param>
    /// <param name="savedAt">When it was saved, or will be.</param>
    /// <param name="warn">Told about snapshots whose dates cannot be right. They stay, and do not count among those that stay by number.</param>
    /// <returns>Full paths, oldest first.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal IReadOnlyList<string> Expired(string folder, string clusterId, string saved, DateTimeOffset savedAt, Action<string> warn)
    {
        if (KeepsAll) return [];
        var line = ClusterLineage.Of(folder, clusterId);
        var others = SnapshotFolder.Saved(folder)
            .Where(file => file.Manifest.IsOfRun && line.Contains(file.Manifest.ClusterId) && file.Path != saved)
            .Select(file => (file.Path, file.Manifest.SavedAt))
            .ToList();
        var future = others.Where(file => file.SavedAt - savedAt > Skew).Select(file => Path.GetFileName(file.Path)).Order(StringComparer.Ordinal).ToArray();
        if (future.Length > 0)
            warn($"These snapshots have dates in the future, so a clock is or was wrong. They stay, and do not count among those to keep: {string.Join(", ", future)}.");

        List<(string Path, DateTimeOffset SavedAt)> newestFirst =
            [(saved, savedAt), .. others.Where(file => file.SavedAt <= savedAt).OrderByDescending(file => file.SavedAt)];
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
