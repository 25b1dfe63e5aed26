using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Where the newest record of each user key is, for many threads at once. It keeps a 64-bit hash in place of the key: 16 bytes for
/// a key of any length. The hash has a random seed, so that nobody can choose keys that collide.
/// </summary>
internal sealed class UserKeyTable
{
    /// <summary>How many shards the table has. One of them fits the processor's cache, the whole table does not.</summary>
    public const int Shards = 64;

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];

    /// <summary>The shard of a key.</summary>
    public static int ShardOf(ulong hash) => (int)(hash >> 58);

    /// <summary>The hash that stands for a key; never 0.</summary>
    [MethodImpl(HotPath.Optimized)]
    public ulong HashOf(ReadOnlySpan<byte> key)
    {
        var hash = _seed ^ ((ulong)key.Length * 0x9E3779B97F4A7C15);
        var tail = 0UL;
        if (key.Length >= sizeof(ulong))
        {
            // The last word may overlap the one before it.
            tail = BinaryPrimitives.ReadUInt64LittleEndian(key[^sizeof(ulong)..]);
            for (; key.Length > sizeof(ulong); key = key[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
        }
        else
        {
            foreach (var octet in key) tail = (tail << 8) | octet;
        }
        hash = Mix(hash ^ tail);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>Adds records of one shard. Records may come in any order.</summary>
    /// <param name="shard">The shard of all of them.</param>
    /// <param name="records">The records.</param>
    /// <param name="sums">Is told which parts have a record that is not the newest of its key.</param>
    /// <param name="resources">Is told which keys are created or deleted by it.</param>
    [MethodImpl(HotPath.Optimized)]
    public void Add(int shard, ReadOnlySpan<KeyRecord> records, PartSum[] sums, ResourceCounter resources)
    {
        var table = _shards[shard];
        lock (table)
        {
            table.Touch(records);
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

    /// <summary>Whether a record is the newest of its key. Do not ask while records are added.</summary>
    public bool IsNewest(ulong hash, RecordPosition position) => _shards[ShardOf(hash)].Find(hash, insert: false) == position;

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }

    /// <summary>
    /// An extendible hash table: if a page is full, half of its keys move to a new one. So the table grows and throws nothing
    /// away; a table that doubles would leave its whole former size to the garbage collector.
    /// </summary>
    private sealed class Shard
    {
        private Page[] _directory = [new Page(depth: 0)];
        private ulong _touched;

        [MethodImpl(HotPath.Optimized)]
        public ref RecordPosition Find(ulong hash, bool insert)
        {
            while (true)
            {
                var page = PageOf(hash);
                ref var slot = ref page.Find(hash);
                if (slot.Hash == hash || !insert) return ref slot.Newest;
                if (page.TryTake(ref slot, hash)) return ref slot.Newest;
                Split(page);
            }
        }

        /// <summary>
        /// Looks at the slots of some records without a branch between them, so the processor fetches many at a time. The search that
        /// comes next would wait for each one.
        /// </summary>
        [MethodImpl(HotPath.Optimized)]
        public void Touch(ReadOnlySpan<KeyRecord> records)
        {
            var touched = 0UL;
            foreach (ref readonly var record in records) touched ^= PageOf(record.Hash).Peek(record.Hash);
            _touched = touched;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Page PageOf(ulong hash) => _directory[Page.PlaceOf(hash) & (_directory.Length - 1)];

        private void Split(Page page)
        {
            if (1 << page.Depth == _directory.Length) _directory = [.. _directory, .. _directory];
            var bit = 1 << page.Depth;
            var other = page.Split();
            for (var i = 0; i < _directory.Length; i++)
            {
                if (_directory[i] == page && (i & bit) != 0) _directory[i] = other;
            }
        }
    }

    /// <summary>The keys whose hashes agree in some bits, open-addressed; a hash of 0 is an empty slot.</summary>
    private sealed class Page(int depth)
    {
        private const int Size = 1024;
        private const int MostKeys = Size / 4 * 3;

        private readonly Slot[] _slots = new Slot[Size];
        private int _count;

        /// <summary>In how many bits the hashes agree.</summary>
        public int Depth { get; private set; } = depth;

        /// <summary>The bits that choose a page; others than those that choose the shard, or the slot in the page.</summary>
        public static int PlaceOf(ulong hash) => (int)(hash >> 28) & int.MaxValue;

        /// <summary>The slot of a hash, or the empty one where it would be.</summary>
        [MethodImpl(HotPath.Optimized)]
        public ref Slot Find(ulong hash)
        {
            var slots = _slots;
            var i = (int)hash & (Size - 1);
            while (slots[i].Hash != hash && slots[i].Hash != 0) i = (i + 1) & (Size - 1);
            return ref slots[i];
        }

        /// <summary>What is in the first slot that a hash may have.</summary>
        public ulong Peek(ulong hash) => _slots[(int)hash & (Size - 1)].Hash;

        /// <summary>Gives an empty slot to a hash, if the page has room for it.</summary>
        public bool TryTake(ref Slot slot, ulong hash)
        {
            if (_count == MostKeys) return false;
            slot.Hash = hash;
            _count++;
            return true;
        }

        /// <summary>Moves the keys that have the next bit to a page of their own.</summary>
        public Page Split()
        {
            var bit = 1 << Depth++;
            var other = new Page(Depth);
            Span<Slot> all = stackalloc Slot[Size];
            _slots.CopyTo(all);
            Array.Clear(_slots);
            _count = 0;
            foreach (ref readonly var slot in all)
            {
                if (slot.Hash == 0) continue;
                var page = (PlaceOf(slot.Hash) & bit) == 0 ? this : other;
                page.Find(slot.Hash) = slot;
                page._count++;
            }
            return other;
        }
    }

    private struct Slot
    {
        public ulong Hash;
        public RecordPosition Newest;
    }
}
