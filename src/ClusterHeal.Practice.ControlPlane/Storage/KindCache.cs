using System.Collections.Immutable;
using System.Threading.Channels;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Storage;

/// <summary>What is known about one kind: its objects, its latest changes, and who is told about the next ones.</summary>
internal sealed class KindCache(ResourceKind kind)
{
    private const int HistoryLength = 5000;
    private readonly object _gate = new();
    private readonly Queue<WatchEvent> _history = [];
    private readonly HashSet<Channel<WatchEvent>> _watchers = [];
    private ImmutableSortedDictionary<string, StoredObject> _objects = ImmutableSortedDictionary.Create<string,
        StoredObject>(StringComparer.Ordinal);
    private long _forgottenUpTo;

    public ResourceKind Kind => kind;

    /// <summary>All objects by key, as of now; it never changes.</summary>
    public ImmutableSortedDictionary<string, StoredObject> Objects
    {
        get
        {
            lock (_gate) return _objects;
        }
    }

    /// <summary>Starts over with what a list brought. Watches end; their clients list again.</summary>
    public void Reset(IEnumerable<StoredObject> objects, long revision)
    {
        var fresh = objects.ToImmutableSortedDictionary(each => each.Key, each => each, StringComparer.Ordinal);
        lock (_gate)
        {
            _objects = fresh;
            _history.Clear();
            _forgottenUpTo = revision;
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
            _watchers.Clear();
        }
    }

    public void Apply(string key, StoredObject? current, long revision)
    {
        lock (_gate)
        {
            var previous = _objects.GetValueOrDefault(key);
            if (current is null && previous is null) return;
            _objects = current is null ? _objects.Remove(key) : _objects.SetItem(key, current);
            var change = new WatchEvent(revision, current, previous);
            _history.Enqueue(change);
            if (_history.Count > HistoryLength) _forgottenUpTo = _history.Dequeue().Revision;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(change);
        }
    }

    /// <summary>Starts to listen: all changes after a revision, without a gap.</summary>
    /// <param name="revision">The last revision that the client knows, or null for the state of now.</param>
    /// <param name="initial">The objects of now, if the client knows none.</param>
    /// <returns>The changes to come; null if those after the revision are forgotten.</returns>
    public Channel<WatchEvent>? Subscribe(long? revision, out ImmutableSortedDictionary<string, StoredObject> initial)
    {
        var watcher = Channel.CreateUnbounded<WatchEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            initial = _objects;
            if (revision is { } after)
            {
                if (after < _forgottenUpTo) return null;
                foreach (var change in _history.Where(change => change.Revision > after)) watcher.Writer.TryWrite(change);
            }
            _watchers.Add(watcher);
        }
        return watcher;
    }

    public void Unsubscribe(Channel<WatchEvent> watcher)
    {
        lock (_gate) _watchers.Remove(watcher);
    }

    /// <summary>The oldest revision from which a watch can continue.</summary>
    public long ForgottenUpTo
    {
        get
        {
            lock (_gate) return _forgottenUpTo;
        }
    }
}
