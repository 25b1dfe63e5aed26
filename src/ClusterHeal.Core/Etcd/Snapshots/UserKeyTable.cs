using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Where the newest record of each user key is, for many threads at once. It keeps a 64-bit hash in place of the key: 16 bytes for
/// a key of any length. The hash has a random seed, so that nobody can choose keys that collide.
/// </summary>
internal sealed class UserKeyTable
{
    /// <summary>Into so many shards the table is divided. One of them fits the processor's cache where the table does not.</summary>
    public const int Shards = 64;

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];

    /// <summary>The shard of a key.</summary>
    public static int ShardOf(ulong hash) => (int)(hash >> 58);

    /// <summary>The hash that stands for a key; never 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong HashOf(ReadOnlySpan<byte> key)
    {
        var hash = _seed ^ ((ulong)key.Length * 0x9E3779B97F4A7C15);
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
        var tail = 0UL;
        foreach (var octet in key) tail = (tail << 8) | octet;
        hash = Mix(hash ^ tail);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>Adds records of one shard. Records may come in any order.</summary>
    /// <param name="shard">The shard of all of them.</param>
    /// <param name="records">The records.</param>
    /// <param name="sums">Gets told which parts have a record that is not the newest of its key.</param>
    /// <param name="resources">Gets told which keys come to life or die by it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int shard, ReadOnlySpan<KeyRecord> records, PartSum[] sums, ResourceCounter resources)
    {
        var table = _shards[shard];
        lock (table)
        {
            foreach (ref readonly var record in records)
            {
                ref var newest = ref table.Find(record.Hash, insert: true);
                var before = newest;
                newest = Math.Max(before.Value, record.Position.Value) == before.Value ? before : record.Position;
                if (!before.IsNone) sums[newest == before ? record.Position.Part : before.Part].HasSuperseded = true;
                var change = (newest.IsLive ? 1 : 0) - (before.IsLive ? 1 : 0);
                if (change != 0) resources.Add(record.Resource, change);
            }
        }
    }

    /// <summary>Whether a record is the newest of its key. Not to be asked while records are added.</summary>
    public bool IsNewest(ulong hash, RecordPosition position) => _shards[ShardOf(hash)].Find(hash, insert: false) == position;

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }

    /// <summary>An open-addressed table; a hash of 0 is an empty slot.</summary>
    private sealed class Shard
    {
        private Slot[] _slots = new Slot[64];
        private int _count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public ref RecordPosition Find(ulong hash, bool insert)
        {
            if (insert && _count * 2 > _slots.Length) Grow();
            var slots = _slots;
            for (var i = (int)hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
            {
                ref var slot = ref slots[i];
                if (slot.Hash == 0 && insert)
                {
                    slot.Hash = hash;
                    _count++;
                }
                if (slot.Hash == hash || slot.Hash == 0) return ref slot.Newest;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Grow()
        {
            var old = _slots;
            _slots = new Slot[old.Length * 2];
            // Fresh memory that is read before it is written costs the kernel two faults a page, and the second stops all processors.
            Array.Clear(_slots);
            _count = 0;
            foreach (var slot in old)
            {
                if (slot.Hash != 0) Find(slot.Hash, insert: true) = slot.Newest;
            }
        }
    }

    private struct Slot
    {
        public ulong Hash;
        public RecordPosition Newest;
    }
}
