using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Counts live keys per Kubernetes resource, for one thread.</summary>
/// <param name="keys">Whose hash of a prefix is taken.</param>
internal sealed class ResourceCounter(UserKeyTable keys)
{
    /// <summary>A cluster has a few hundred resources. Keys that look like a million of them are counted together.</summary>
    private const int MostResources = 4096;

    private const int Slots = 2 * MostResources;

    // Hashes of prefixes and their numbers, open-addressed. Every record is looked up here.
    private readonly ulong[] _hashes = new ulong[Slots];
    private readonly int[] _numbers = new int[Slots];
    private readonly List<string> _names = [KubernetesKeys.Other];
    private readonly long[] _counts = new long[MostResources + 1];

    /// <summary>The number of the resource that a key belongs to.</summary>
    [MethodImpl(HotPath.Optimized)]
    public int NumberOf(ReadOnlySpan<byte> key)
    {
        var prefix = KubernetesKeys.PrefixOf(key);
        if (prefix.IsEmpty) return 0;
        var hash = keys.HashOf(prefix);
        var slot = (int)hash & (Slots - 1);
        while (_hashes[slot] != hash && _hashes[slot] != 0) slot = (slot + 1) & (Slots - 1);
        if (_hashes[slot] == hash) return _numbers[slot];
        if (_names.Count == _counts.Length) return 0;
        (_hashes[slot], _numbers[slot]) = (hash, _names.Count);
        _names.Add(KubernetesKeys.NameOf(prefix));
        return _numbers[slot];
    }

    /// <summary>A key of a resource came to life (+1) or died (-1).</summary>
    public void Add(int number, int change) => _counts[number] += change;

    /// <summary>The sums of several threads' counters, the largest first.</summary>
    public static EtcdResourceCount[] Sum(IEnumerable<ResourceCounter> counters)
    {
        Dictionary<string, EtcdResourceCount> totals = [];
        foreach (var counter in counters)
        {
            for (var number = 0; number < counter._names.Count; number++)
            {
                var (name, count) = (counter._names[number], counter._counts[number]);
                if (count != 0) totals[name] = new EtcdResourceCount(name, count + (totals.GetValueOrDefault(name)?.Count ?? 0));
            }
        }
        var sums = totals.Values.Where(total => total.Count != 0).ToArray();
        Array.Sort(sums, (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Resource, b.Resource));
        return sums;
    }
}
