using System.Runtime.CompilerServices;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Counts live keys per Kubernetes resource, for one thread.</summary>
/// <param name="keys">Whose hash of a prefix is taken.</param>
internal sealed class ResourceCounter(UserKeyTable keys)
{
    /// <summary>A cluster has a few hundred resources. Keys that look like a million of them are counted together.</summary>
    private const int MostResources = 4096;

    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<string> _names = [KubernetesKeys.Other];
    private readonly long[] _counts = new long[MostResources + 1];

    /// <summary>The number of the resource that a key belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int NumberOf(ReadOnlySpan<byte> key)
    {
        var prefix = KubernetesKeys.PrefixOf(key);
        if (prefix.IsEmpty) return 0;
        var hash = keys.HashOf(prefix);
        if (_numbers.TryGetValue(hash, out var number)) return number;
        if (_names.Count == _counts.Length) return 0;
        _numbers.Add(hash, _names.Count);
        _names.Add(KubernetesKeys.NameOf(prefix));
        return _names.Count - 1;
    }

    /// <summary>A key of a resource came to life (+1) or died (-1).</summary>
    public void Add(int number, int change) => _counts[number] += change;

    /// <summary>The sums of several threads' counters, the largest first.</summary>
    public static EtcdResourceCount[] Sum(IEnumerable<ResourceCounter> counters) =>
    [
        .. counters.SelectMany(c => c._names.Select((name, number) => (Name: name, Count: c._counts[number])))
            .GroupBy(c => c.Name, c => c.Count)
            .Select(g => new EtcdResourceCount(g.Key, g.Sum()))
            .Where(c => c.Count != 0)
            .OrderByDescending(c => c.Count).ThenBy(c => c.Resource, StringComparer.Ordinal),
    ];
}
