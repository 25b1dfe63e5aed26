namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Counts live keys per Kubernetes resource, for one thread.</summary>
/// <param name="keys">Whose hash of a prefix is taken.</param>
internal sealed class ResourceCounter(UserKeyTable keys)
{
    /// <summary>A cluster has a few hundred resources. Keys that look like a million of them are counted together.</summary>
    private const int MostResources = 4096;

    private readonly Dictionary<ulong, Entry> _entries = [];
    private long _other;

    /// <summary>A key came to life (+1) or died (-1).</summary>
    public void Add(ReadOnlySpan<byte> key, int change)
    {
        var prefix = KubernetesKeys.PrefixOf(key);
        if (prefix.IsEmpty)
        {
            _other += change;
            return;
        }
        var hash = keys.HashOf(prefix);
        if (!_entries.TryGetValue(hash, out var entry))
        {
            if (_entries.Count == MostResources)
            {
                _other += change;
                return;
            }
            _entries.Add(hash, entry = new Entry(KubernetesKeys.NameOf(prefix)));
        }
        entry.Count += change;
    }

    /// <summary>The sums of several threads' counters, the largest first.</summary>
    public static EtcdResourceCount[] Sum(IEnumerable<ResourceCounter> counters)
    {
        var all = counters.SelectMany(c => c._entries.Values.Select(e => (e.Resource, e.Count)).Append((Resource: KubernetesKeys.Other, Count: c._other)));
        return
        [
            .. all.GroupBy(e => e.Resource, e => e.Count)
                .Select(g => new EtcdResourceCount(g.Key, g.Sum()))
                .Where(c => c.Count != 0)
                .OrderByDescending(c => c.Count).ThenBy(c => c.Resource, StringComparer.Ordinal),
        ];
    }

    private sealed class Entry(string resource)
    {
        public string Resource { get; } = resource;

        public long Count { get; set; }
    }
}
