namespace ClusterHeal.Cmdlets;

/// <summary>
/// Limits progress to five reports a second per activity, because a host draws each one, which once made downloads many times slower. And it knows
/// which activities still need their last report.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ProgressThrottle(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly object _lock = new();
    private readonly Dictionary<string, (int Id, long ShownAt)> _unfinished = [];
    private int _lastId;

    /// <summary>Whether a report is shown.</summary>
    /// <returns>The id of its activity, or null if the report is left out.</returns>
    public int? TryShow(OperationProgress progress)
    {
        lock (_lock)
        {
            var shownBefore = _unfinished.TryGetValue(progress.Activity, out var activity);
            if (progress.Completed) return _unfinished.Remove(progress.Activity) ? activity.Id : null;
            if (shownBefore && time.GetElapsedTime(activity.ShownAt) < Interval) return null;
            var id = shownBefore ? activity.Id : ++_lastId;
            _unfinished[progress.Activity] = (id, time.GetTimestamp());
            return id;
        }
    }

    /// <summary>The last reports that are still missing, one for each activity that was shown and never completed.</summary>
    public IReadOnlyList<(OperationProgress Progress, int ActivityId)> TakeUnfinished()
    {
        lock (_lock)
        {
            var owed = _unfinished.Select(a => (new OperationProgress(a.Key, "Completed") { Completed = true }, a.Value.Id)).ToList();
            _unfinished.Clear();
            return owed;
        }
    }
}
