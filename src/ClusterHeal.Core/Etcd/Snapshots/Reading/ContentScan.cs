using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Reads every record of a database once, on several threads, and works out all that needs the records: the hash of
/// <c>snapshot status</c>, HashKV, key counts, resources. Hashes are sums over records in order; each part is summed by itself
/// and the sums are combined (<see cref="Crc32C.Combine"/>). See docs/design/0004-snapshots-are-read-in-tree-order.md.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="findings">Takes what is wrong with its pages.</param>
/// <param name="compactRevision">Says the compact revision, or -1. It is asked after all records were read.</param>
/// <param name="threads">How many threads read the records.</param>
internal sealed class ContentScan(BoltDatabase database, BoltFindings findings, Func<long> compactRevision, int threads)
{
    /// <summary>Enough parts that no thread waits long for the last one, and that the records of a skipped one are few.</summary>
    private const int PartsPerBucket = 512;

    /// <summary>How often a thread asks for work: often enough that none waits long for the others at the end.</summary>
    private const int TakesPerThread = 32;

    private readonly UserKeyTable _keys = new();
    // Under locks: what a concurrent dictionary sets up when it is read takes longer than a small file, and a concurrent bag stays in a slot
    // of each thread forever, with all that is in it.
    private readonly List<ResourceCounter> _counters = [];
    private readonly HashSet<string> _providers = [];
    private readonly ConcurrentQueue<string> _problems = [];

    public ContentFacts Run(CancellationToken cancellationToken)
    {
        var walk = new BoltWalk(database, findings);
        var buckets = walk.ReadBuckets();
        BoltPart[] parts = [.. buckets.SelectMany(bucket => walk.Split(bucket, PartsPerBucket))];
        var sums = new PartSum[parts.Length];
        InParallel(threads, walk, parts.Length, () => new KeyBatches(_keys, sums), SumPart);
        walk.Finish(cancellationToken);

        var lastPart = sums.OfType<RevisionSum>().LastOrDefault(sum => sum.Records > 0);
        var revision = lastPart?.LastMain ?? 0;
        var compacted = compactRevision();
        var resourceCounts = ResourceCounter.Sum(_counters);
        return new ContentFacts
        {
            StatusHash = StatusHash(buckets, parts, sums),
            Revision = revision,
            TotalKeys = RecordsOf(parts, sums, bucket: []),
            Leases = RecordsOf(parts, sums, "lease"u8),
            Resources = resourceCounts,
            HashKv = HashKv(parts, sums, compacted, anyLive: resourceCounts.Length > 0, cancellationToken),
            HashKvRevision = Math.Max(1, Math.Max(revision, compacted)),
            EncryptionProviders = [.. _providers.Order(StringComparer.Ordinal)],
            RecordProblems = [.. _problems],
        };

        void SumPart(int i, TreeWalk pages, KeyBatches? batches)
        {
            sums[i] = IsKeyBucket(parts[i].Bucket) ? new RevisionSum(this, i, batches!) : new PartSum();
            walk.Visit(parts[i], sums[i], pages, cancellationToken);
        }
    }

    private static bool IsKeyBucket(BoltBucket bucket) => bucket.Name.AsSpan().SequenceEqual("key"u8);

    /// <summary>The records of all buckets, or of one.</summary>
    private static long RecordsOf(BoltPart[] parts, PartSum[] sums, ReadOnlySpan<byte> bucket)
    {
        var records = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            if (bucket.IsEmpty || parts[i].Bucket.Name.AsSpan().SequenceEqual(bucket)) records += sums[i].Records;
        }
        return records;
    }

    /// <summary>etcd: etcdutl/snapshot/v3_snapshot.go, Status: names of buckets, keys and values in their order.</summary>
    private static uint StatusHash(List<BoltBucket> buckets, BoltPart[] parts, PartSum[] sums)
    {
        var (hash, part) = (0u, 0);
        foreach (var bucket in buckets)
        {
            hash = Crc32C.Append(hash, bucket.Name);
            for (; part < parts.Length && ReferenceEquals(parts[part].Bucket, bucket); part++) hash = Crc32C.Combine(hash, sums[part].Crc, sums[part].Length);
        }
        return hash;
    }

    /// <summary>
    /// etcd: server/storage/mvcc/hash.go and the index's Keep. Up to the compact revision only the newest record of a key counts, if the
    /// key lives. Which records are the newest is known when all are read; the parts that have others are summed once more, on all processors:
    /// the sha256, which had one for itself, is done by now.
    /// </summary>
    private uint HashKv(BoltPart[] parts, PartSum[] sums, long compacted, bool anyLive, CancellationToken cancellationToken)
    {
        var counted = sums.ToArray();
        List<CountedSum> again = [];
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] is not RevisionSum { HasSuperseded: true } sum || sum.FirstMain > compacted) continue;
            again.Add(new CountedSum(_keys, i, compacted, anyLive));
            counted[i] = again[^1];
        }
        var walk = new BoltWalk(database, new BoltFindings());
        InParallel(Environment.ProcessorCount, walk, again.Count, () => null, SumAgain);

        var hash = Crc32C.Append(0, "key"u8);
        for (var i = 0; i < parts.Length; i++)
        {
            if (IsKeyBucket(parts[i].Bucket)) hash = Crc32C.Combine(hash, counted[i].Crc, counted[i].Length);
        }
        return hash;

        void SumAgain(int i, TreeWalk pages, KeyBatches? unused) => walk.Visit(parts[again[i].Part], again[i], pages, cancellationToken);
    }

    /// <summary>
    /// Does the pieces of a work on all threads, a few neighbours at a time. Parallel.For would do the same, but more of it has to be compiled
    /// first than a small file has to be read.
    /// </summary>
    private void InParallel(int threads, BoltWalk walk, int count, Func<KeyBatches?> newBatches, Action<int, TreeWalk, KeyBatches?> work)
    {
        // Neighbours lie together in the file.
        var atOnce = Math.Max(1, count / (threads * TakesPerThread));
        var next = 0;
        ExceptionDispatchInfo? failure = null;
        var others = new Task[Math.Max(0, Math.Min(threads, count) - 1)];
        for (var i = 0; i < others.Length; i++) others[i] = Task.Run(Work);
        Work();
        Task.WaitAll(others);
        failure?.Throw();

        void Work()
        {
            try
            {
                var (pages, batches) = (walk.NewTreeWalk(), newBatches());
                for (int end; (end = Interlocked.Add(ref next, atOnce)) < count + atOnce;)
                {
                    for (var i = end - atOnce; i < Math.Min(end, count); i++) work(i, pages, batches);
                }
                if (batches is null) return;
                batches.Flush();
                lock (_counters) _counters.Add(batches.Resources);
            }
            catch (Exception e)
            {
                // What one could not do makes the work of all the others useless.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                Interlocked.Exchange(ref next, count);
            }
        }
    }

    private void AddProblem(string problem)
    {
        if (_problems.Count < 100) _problems.Enqueue(problem);
    }

    /// <summary>The sum of a part of the bucket <c>key</c>, which also looks into the records.</summary>
    private sealed class RevisionSum(ContentScan scan, int part, KeyBatches batches) : PartSum
    {
        private static ReadOnlySpan<byte> EncryptedPrefix => "k8s:enc:"u8;

        public long FirstMain { get; private set; }

        public long LastMain { get; private set; }

        [MethodImpl(HotPath.Optimized)]
        public override void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Count(key, value);
            var index = Records++;
            LastMain = RevisionRecord.MainOf(key);
            if (index == 0) FirstMain = LastMain;
            if (RevisionRecord.Parse(key, value, out var record) is { } problem)
            {
                scan.AddProblem(problem);
                return;
            }
            if (record.Value.StartsWith(EncryptedPrefix)) NoteEncryption(record.Value);

            // A tombstone never counts in HashKV, so the part has to be summed again.
            if (record.IsTombstone) HasSuperseded = true;
            batches.Add(record.Key, new RecordPosition(part, index, record.IsTombstone));
        }

        /// <summary><c>k8s:enc:PROVIDER:VERSION:KEY:…</c> (Kubernetes: staging/src/k8s.io/apiserver/pkg/storage/value).</summary>
        private void NoteEncryption(ReadOnlySpan<byte> value)
        {
            const int LongestHeader = 300;
            var header = value[..Math.Min(value.Length, LongestHeader)];
            var end = EncryptedPrefix.Length;
            for (var colons = 0; colons < 3; colons++)
            {
                var next = header[end..].IndexOf((byte)':');
                if (next < 0) return;
                end += next + 1;
            }
            const int MostProviders = 100;
            var provider = Encoding.UTF8.GetString(header[EncryptedPrefix.Length..(end - 1)]);
            lock (scan._providers)
            {
                if (scan._providers.Count < MostProviders) scan._providers.Add(provider);
            }
        }
    }

    /// <summary>The sum of the records of a part that HashKV counts.</summary>
    private sealed class CountedSum(UserKeyTable keys, int part, long compactRevision, bool anyLive) : PartSum
    {
        public int Part => part;

        [MethodImpl(HotPath.Optimized)]
        public override void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            var index = Records++;
            if (RevisionRecord.Parse(key, value, out var record) is null && !Counts(record, index)) return;
            Count(key, value);
        }

        [MethodImpl(HotPath.Optimized)]
        private bool Counts(RevisionRecord record, uint index)
        {
            if (record.Main > compactRevision) return true;
            if (record.Main == compactRevision && record.IsTombstone) return false;
            return !anyLive || (!record.IsTombstone && keys.IsNewest(keys.HashOf(record.Key), new RecordPosition(part, index, false)));
        }
    }
}
