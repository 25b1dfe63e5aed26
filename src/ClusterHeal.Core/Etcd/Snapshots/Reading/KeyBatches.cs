using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The records that one thread has seen, gathered by shard before they go into the common table: a lock for every hundred of them, and
/// a shard that is in the processor's cache when it is needed.
/// </summary>
internal sealed class KeyBatches(UserKeyTable keys, PartSum[] sums)
{
    private const int BatchSize = 128;

    private readonly KeyRecord[] _records = new KeyRecord[UserKeyTable.Shards * BatchSize];
    private readonly int[] _counts = new int[UserKeyTable.Shards];

    /// <summary>Counts the keys of this thread.</summary>
    public ResourceCounter Resources { get; } = new(keys);

    [MethodImpl(HotPath.Optimized)]
    public void Add(ReadOnlySpan<byte> key, RecordPosition position)
    {
        var hash = keys.HashOf(key);
        var shard = UserKeyTable.ShardOf(hash);
        _records[(shard * BatchSize) + _counts[shard]] = new KeyRecord(hash, position, Resources.NumberOf(key));
        if (++_counts[shard] == BatchSize) Flush(shard);
    }

    /// <summary>Puts what is left into the table.</summary>
    public void Flush()
    {
        for (var shard = 0; shard < UserKeyTable.Shards; shard++) Flush(shard);
    }

    [MethodImpl(HotPath.Optimized)]
    private void Flush(int shard)
    {
        keys.Add(shard, _records.AsSpan(shard * BatchSize, _counts[shard]), sums, Resources);
        _counts[shard] = 0;
    }
}
