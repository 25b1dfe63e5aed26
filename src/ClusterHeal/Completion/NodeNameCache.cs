using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Completion;

/// <summary>
/// The names of a cluster's nodes as completion has them. Whoever presses Tab waits only a moment; a question that takes longer goes on, and the
/// next Tab has its answer.
/// </summary>
/// <param name="askAsync">Asks for the names.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeNameCache(Func<CancellationToken, Task<IReadOnlyList<string>>> askAsync, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private IReadOnlyList<string> _names = [];
    private DateTimeOffset _at = DateTimeOffset.MinValue;
    private Task<IReadOnlyList<string>>? _asking;

    /// <summary>The names of a connection's nodes.</summary>
    public static NodeNameCache Of(ClusterConnection connection) =>
        new(cancellationToken => ClusterConnector.NodeNamesAsync(connection, new HostShells(_ => { }), cancellationToken), TimeProvider.System);

    /// <summary>The names that are known by now. To be asked on the pipeline thread only.</summary>
    public IReadOnlyList<string> Names()
    {
        if (time.GetUtcNow() - _at < Freshness) return _names;
        _asking ??= Task.Run(AskAsync);
        try
        {
            if (!_asking.Wait(Moment)) return _names;
            (_names, _at) = (_asking.Result, time.GetUtcNow());
        }
        catch (AggregateException e) when (e.InnerException is ClusterHealException or OperationCanceledException)
        {
            // A completer has no way to speak. The names of the last time are the best there is, and the next Tab asks again.
        }

        _asking = null;
        return _names;
    }

    private async Task<IReadOnlyList<string>> AskAsync()
    {
        using var deadline = new CancellationTokenSource(Longest, time);
        return await askAsync(deadline.Token).ConfigureAwait(false);
    }
}
