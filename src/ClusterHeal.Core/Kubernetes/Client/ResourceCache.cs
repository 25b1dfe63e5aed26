using System.Collections.Concurrent;
using System.Globalization;
using k8s;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Objects of a query as they are now: a list, then a watch that is started again for as long as the cache lives. Without the right to watch, only
/// lists. It survives an API server that restarts, a revision that is compacted away (410), and a cluster whose revisions went backwards because its
/// etcd was restored: then everything is listed again.
/// </summary>
internal sealed class ResourceCache<T> : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The pause between two lists, if the user may list but not watch.</summary>
    private static readonly TimeSpan ListPeriod = TimeSpan.FromSeconds(2);

    private readonly KubernetesClient _client;
    private readonly ResourceType<T> _type;
    private readonly ResourceQuery _query;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, T> _items = new();
    private readonly object _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private Task _follow = Task.CompletedTask;
    private string _resourceVersion = "";
    private bool _mayWatch = true;

    private ResourceCache(KubernetesClient client, ResourceType<T> type, ResourceQuery query)
    {
        _client = client;
        _type = type;
        _query = query;
    }

    /// <summary>The objects, in any order.</summary>
    public ICollection<T> Items => _items.Values;

    /// <summary>Why the server cannot be watched just now, or null while it can.</summary>
    public KubernetesException? Outage { get; private set; }

    /// <summary>A task that ends with the next change. Take it before you look at <see cref="Items"/>; then no change is missed.</summary>
    public Task NextChange
    {
        get
        {
            lock (_lock) return _changed.Task;
        }
    }

    /// <summary>Lists, and watches until the cache is disposed of.</summary>
    /// <exception cref="KubernetesException">The first list failed.</exception>
    public static async Task<ResourceCache<T>> StartAsync(
        KubernetesClient client, ResourceType<T> type, ResourceQuery query, CancellationToken cancellationToken)
    {
        var cache = new ResourceCache<T>(client, type, query);
        cache.Take(await client.SnapshotAsync(type, query, cancellationToken).ConfigureAwait(false));
        cache._follow = cache.FollowAsync(cache._stop.Token);
        return cache;
    }

    public T? Find(string uid) => _items.GetValueOrDefault(uid);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _follow.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (Outage is not null) await ResumeAsync(cancellationToken).ConfigureAwait(false);
                if (_mayWatch) await WatchAsync(cancellationToken).ConfigureAwait(false);
                pause = ShortestPause;
                // The server ended the watch. The next answer may come from another server, or from the same one over a restored etcd.
                await Task.Delay(_mayWatch ? ShortestPause : ListPeriod, _client.Time, cancellationToken).ConfigureAwait(false);
                await ResumeAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 410)
            {
                _resourceVersion = "";
                Outage = e;
                await Task.Delay(ShortestPause, _client.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 403 && _mayWatch)
            {
                _mayWatch = false;
            }
            catch (ClusterHealException e)
            {
                Outage = e as KubernetesException ?? new KubernetesException(e.ErrorId, e.Category, e.Message, e.Target, e.Remedy, e);
                Signal();
                await Task.Delay(Longest(pause, Outage.RetryAfter), _client.Time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var events = _client.Watches.ReadAsync(_type, _query, _resourceVersion, cancellationToken);
        await foreach (var change in events.ConfigureAwait(false))
        {
            _resourceVersion = change.Object.Metadata.ResourceVersion;
            if (change.Type == WatchEventType.Bookmark) continue;
            if (change.Type == WatchEventType.Deleted) _items.TryRemove(change.Object.Metadata.Uid, out _);
            else _items[change.Object.Metadata.Uid] = change.Object;
            Signal();
        }
    }

    /// <summary>
    /// Checks before a watch is started again. If the server has not reached a revision yet, a watch from there would stay silent forever. So a
    /// revision in its future means that its past has changed, and everything is listed again.
    /// </summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var mine = _mayWatch ? Revision(_resourceVersion) : null;
        var theirs = mine is null ? null : Revision(await _client.RevisionAsync(_type, cancellationToken).ConfigureAwait(false));
        if (mine is null || theirs is null || theirs < mine)
            Take(await _client.SnapshotAsync(_type, _query, cancellationToken).ConfigureAwait(false));
        Outage = null;
        Signal();
    }

    private void Take(Snapshot<T> snapshot)
    {
        var present = snapshot.Items.Select(i => i.Metadata.Uid).ToHashSet();
        foreach (var item in snapshot.Items) _items[item.Metadata.Uid] = item;
        foreach (var gone in _items.Keys.Where(uid => !present.Contains(uid))) _items.TryRemove(gone, out _);
        _resourceVersion = snapshot.ResourceVersion;
        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_lock) (changed, _changed) = (_changed, NewSignal());
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Longest(TimeSpan pause, TimeSpan? asked) => asked is { } wait && wait > pause ? wait : pause;

    private static ulong? Revision(string resourceVersion) =>
        ulong.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;
}
