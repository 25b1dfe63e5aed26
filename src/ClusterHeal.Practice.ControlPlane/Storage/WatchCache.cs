using ClusterHeal.Practice.ControlPlane.Objects;
using EtcdEvent = Mvccpb.Event;

namespace ClusterHeal.Practice.ControlPlane.Storage;

/// <summary>
/// All objects in memory, kept up to date by one watch. Lists and watches are served from it, as the real API server does: that is why
/// a running server does not see that its etcd was restored until it is restarted.
/// </summary>
internal sealed class WatchCache(EtcdStore store, TimeProvider time)
{
    private readonly Dictionary<string, KindCache> _byPrefix = ResourceKinds.All
        .ToDictionary(kind => kind.KeyPrefix, kind => new KindCache(kind));
    private readonly object _gate = new();
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision;

    /// <summary>False while the first or a new list is read.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The revision up to which all changes are in.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    public KindCache Of(ResourceKind kind) => _byPrefix[kind.KeyPrefix];

    /// <summary>Waits until the changes up to a revision are in.</summary>
    /// <returns>False if they did not come in time.</returns>
    public async Task<bool> WaitForAsync(long revision, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        while (true)
        {
            Task next;
            lock (_gate) next = _advanced.Task;
            if (Revision >= revision) return true;
            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Reads everything for the first time.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        IsReady = false;
        var (values, revision) = await store.ListAsync("/registry/", cancellationToken);
        var found = _byPrefix.Values.ToDictionary(cache => cache, _ => new List<StoredObject>());
        foreach (var pair in values)
        {
            var key = pair.Key.ToStringUtf8();
            if (CacheFor(key) is { } cache) found[cache].Add(StoredObject.Read(cache.Kind, key, pair.Value.Span, pair.ModRevision));
        }
        foreach (var (cache, objects) in found) cache.Reset(objects, revision);
        IsReady = true;
        Advance(revision);
    }

    /// <summary>
    /// Follows the changes until cancelled. A broken watch continues where it was. If etcd has compacted those revisions, it starts over.
    /// </summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var answer in store.WatchAsync(Revision + 1, cancellationToken))
                {
                    if (answer.Canceled)
                    {
                        if (answer.CompactRevision > 0) await LoadAsync(cancellationToken);
                        break;
                    }
                    foreach (var change in answer.Events) Apply(change);
                    if (answer.Events.Count > 0) Advance(answer.Header.Revision);
                }
            }
            catch (EtcdException e)
            {
                Log.Write($"watch chan error: {e.Message}");
                store.TurnToNextMember();
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private void Apply(EtcdEvent change)
    {
        var key = change.Kv.Key.ToStringUtf8();
        if (CacheFor(key) is not { } cache) return;
        var removed = change.Type == EtcdEvent.Types.EventType.Delete;
        var current = removed ? null : StoredObject.Read(cache.Kind, key, change.Kv.Value.Span, change.Kv.ModRevision);
        cache.Apply(key, current, change.Kv.ModRevision);
    }

    private void Advance(long revision)
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _revision, Math.Max(_revision, revision));
            _advanced.TrySetResult();
            _advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The cache of the kind that the key is of: <c>/registry/services/specs/…</c> has a step more than the others.</summary>
    private KindCache? CacheFor(string key)
    {
        const int RootLength = 10;
        if (!key.StartsWith("/registry/", StringComparison.Ordinal)) return null;
        var end = key.IndexOf('/', RootLength);
        if (end < 0) return null;
        if (_byPrefix.TryGetValue(key[..(end + 1)], out var cache)) return cache;
        end = key.IndexOf('/', end + 1);
        return end < 0 ? null : _byPrefix.GetValueOrDefault(key[..(end + 1)]);
    }
}
