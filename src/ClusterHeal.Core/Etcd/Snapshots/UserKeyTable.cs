using System.Buffers.Binary;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Where the newest record of each user key is, for many threads at once. It keeps a 64-bit hash in place of the key: 16 bytes for
/// a key of any length. The hash has a random seed, so that nobody can choose keys that collide.
/// </summary>
internal sealed class UserKeyTable
{
    private const int Shards = 64;
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];

    /// <summary>The hash that stands for a key; never 0.</summary>
    public ulong HashOf(ReadOnlySpan<byte> key)
    {
        var hash = _seed ^ ((ulong)key.Length * 0x9E3779B97F4A7C15);
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
        var tail = 0UL;
        foreach (var octet in key) tail = (tail << 8) | octet;
        hash = Mix(hash ^ tail);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>Tells of a record. Records may come in any order.</summary>
    /// <param name="hash">The hash of its key.</param>
    /// <param name="position">Where it is; a later record of the key has a higher one.</param>
    /// <returns>The older one of this record and the newest so far, null with the first record of a key, and the newest so far.</returns>
    public (RecordPosition? Older, RecordPosition? NewestBefore) Add(ulong hash, RecordPosition position)
    {
        var shard = _shards[hash >> 58];
        lock (shard)
        {
            ref var newest = ref shard.Find(hash, insert: true);
            var before = newest;
            if (before == 0)
            {
                newest = position.Value;
                return (null, null);
            }
            newest = Math.Max(before, position.Value);
            return (new RecordPosition(Math.Min(before, position.Value)), new RecordPosition(before));
        }
    }

    /// <summary>Whether a record is the newest of its key. Not to be asked while records are added.</summary>
    public bool IsNewest(ulong hash, RecordPosition position) => _shards[hash >> 58].Find(hash, insert: false) == position.Value;

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }

    /// <summary>An open-addressed table of hashes (even slots) and positions (odd slots); 0 is empty.</summary>
    private sealed class Shard
    {
        private ulong[] _slots = new ulong[2 * 64];
        private int _count;

        public ref ulong Find(ulong hash, bool insert)
        {
            if (insert && _count * 4 > _slots.Length) Grow();
            var mask = (_slots.Length / 2) - 1;
            for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
            {
                if (_slots[2 * slot] == 0 && insert)
                {
                    _slots[2 * slot] = hash;
                    _count++;
                }
                if (_slots[2 * slot] == hash || _slots[2 * slot] == 0) return ref _slots[(2 * slot) + 1];
            }
        }

        private void Grow()
        {
            var old = _slots;
            _slots = new ulong[old.Length * 2];
            _count = 0;
            for (var i = 0; i < old.Length; i += 2)
            {
                if (old[i] != 0) Find(old[i], insert: true) = old[i + 1];
            }
        }
    }
}

/// <summary>The place of a record in the order of revisions, in one number that is never 0.</summary>
/// <param name="Value">Part, place in the part, and whether the record is a tombstone.</param>
internal readonly record struct RecordPosition(ulong Value)
{
    /// <summary>Makes the position of a record.</summary>
    /// <param name="part">The number of the part of the key bucket.</param>
    /// <param name="index">The place in the part.</param>
    /// <param name="isTombstone">Whether the record deletes its key.</param>
    public RecordPosition(int part, uint index, bool isTombstone)
        : this(((ulong)(part + 1) << 33) | ((ulong)index << 1) | (isTombstone ? 1UL : 0))
    {
    }

    /// <summary>The number of the part.</summary>
    public int Part => (int)(Value >> 33) - 1;

    /// <summary>Whether the record deletes its key.</summary>
    public bool IsTombstone => (Value & 1) != 0;
}
