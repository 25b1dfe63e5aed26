namespace ClusterHeal.Completion;

/// <summary>
/// Names of one kind in one cluster, for completion. Tab waits only a moment. A question that takes longer continues, and the next Tab has its
/// answer. An answer is used for some seconds and never after that: an old name is worse than none.
/// </summary>
/// <param name="askAsync">Asks for the names.</param>
/// <param name="time">The clock.</param>
internal sealed class NameCache(Func<CancellationToken, Task<IReadOnlyList<string>>> askAsync, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private Task<(IReadOnlyList<string> Names, DateTimeOffset At)>? _asking;

    /// <summary>The names that are known by now, never old ones. Call it only on the pipeline thread.</summary>
    public IReadOnlyList<string> Names()
    {
        if (_asking is { IsCompleted: true } last && !IsFresh(last)) _asking = null;
        _asking ??= Task.Run(AskAsync);
        try
        {
            return _asking.Wait(Moment) ? _asking.Result.Names : [];
        }
        catch (AggregateException e) when (e.InnerException is ClusterHealException or OperationCanceledException)
        {
            return []; // A completer cannot report anything, and the next Tab asks again.
        }
    }

    private bool IsFresh(Task<(IReadOnlyList<string> Names, DateTimeOffset At)> answer) =>
        answer.IsCompletedSuccessfully && time.GetUtcNow() - answer.Result.At < Freshness;

    private async Task<(IReadOnlyList<string> Names, DateTimeOffset At)> AskAsync()
    {
        using var deadline = new CancellationTokenSource(Longest, time);
        var names = await askAsync(deadline.Token).ConfigureAwait(false);
        return (names, time.GetUtcNow());
    }
}
