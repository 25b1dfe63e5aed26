using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Takes a record of a user key. Its bytes are valid during the call only.</summary>
internal delegate void VisitRecord(RevisionRecord record);

/// <summary>
/// The records of the user keys in a snapshot, in the order of their revisions. Which record of a key is its newest is known only when all
/// were seen: so the records are read twice, and of each key 16 bytes are kept (<see cref="UserKeyTable"/>).
/// </summary>
internal sealed class SnapshotRecords(SnapshotFile file)
{
    private readonly UserKeyTable _keys = new();
    private readonly BoltFindings _findings = new();
    private string? _problem;
    private int _problems;
    private long _atRevision = long.MaxValue;

    /// <summary>The last revision in the snapshot; known after <see cref="Index"/>.</summary>
    public long Revision { get; private set; }

    /// <summary>The oldest revision whose whole state the snapshot still holds; -1 if nothing was ever compacted.</summary>
    public long CompactRevision { get; private set; }

    /// <summary>What is wrong with the snapshot, so that records may be missing; null if it is sound. Known after <see cref="Index"/>.</summary>
    public SnapshotFormatException? Damage { get; private set; }

    /// <summary>Reads all records once.</summary>
    /// <param name="atRevision">The revision whose state <see cref="VisitState"/> returns; null for the last one.</param>
    /// <param name="seen">Gets each record, old ones too; null if nobody needs them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The file cannot be read, or the snapshot does not hold that revision.</exception>
    public void Index(long? atRevision, VisitRecord? seen, CancellationToken cancellationToken)
    {
        CompactRevision = SnapshotMetadata.Read(file.Database, cancellationToken).CompactRevision;
        _atRevision = atRevision ?? long.MaxValue;
        var batches = new KeyBatches(_keys, [new PartSum()]);
        Walk(
            (record, index) =>
            {
                Revision = record.Main;
                seen?.Invoke(record);
                if (record.Main <= _atRevision) batches.Add(record.Key, PositionOf(record, index));
            },
            _findings,
            cancellationToken);
        batches.Flush();
        if (_findings.Count + _problems > 0)
        {
            Damage = SnapshotInspection.Damaged(file.Path, _findings.ToList() is [var first, ..] ? first : null, _problem, _findings.Count + _problems);
        }

        if (atRevision is { } revision) RequireHeld(revision);
    }

    /// <summary>Hands out the newest record of each key that lives at the revision of <see cref="Index"/>.</summary>
    public void VisitState(VisitRecord visit, CancellationToken cancellationToken) => Walk(
        (record, index) =>
        {
            if (record.IsTombstone || record.Main > _atRevision) return;
            if (_keys.IsNewest(_keys.HashOf(record.Key), PositionOf(record, index))) visit(record);
        },
        new BoltFindings(),
        cancellationToken);

    /// <summary>Hands out all records, tombstones too. It needs no <see cref="Index"/>.</summary>
    public void VisitAll(VisitRecord visit, CancellationToken cancellationToken) =>
        Walk((record, _) => visit(record), new BoltFindings(), cancellationToken);

    private static RecordPosition PositionOf(RevisionRecord record, uint index) => new(0, index, record.IsTombstone);

    private void Walk(VisitNumbered visit, BoltFindings findings, CancellationToken cancellationToken)
    {
        var (walk, visitor) = (new BoltWalk(file.Database, findings), new Visitor(visit));
        try
        {
            var bucket = walk.ReadBuckets().Find(bucket => bucket.Name.AsSpan().SequenceEqual("key"u8));
            if (bucket is null) visitor.Add("it has no bucket 'key'");
            else foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, visitor, walk.NewTreeWalk(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, file.Path, "read");
        }

        (_problem, _problems) = (visitor.Problem, visitor.Problems);
    }

    private void RequireHeld(long revision)
    {
        if (revision <= Revision && revision >= CompactRevision) return;
        var held = CompactRevision < 0 ? $"revisions up to {Revision}" : $"the revisions {CompactRevision} to {Revision}";
        throw new ClusterHealException(
            ErrorIds.SnapshotRevisionNotHeld,
            FaultCategory.InvalidArgument,
            $"The snapshot '{file.Path}' does not hold revision {revision}: it holds {held}.",
            file.Path,
            "Name a revision that it holds, or take a snapshot of that time.");
    }

    private delegate void VisitNumbered(RevisionRecord record, uint index);

    private sealed class Visitor(VisitNumbered visit) : IRecordVisitor
    {
        private uint _next;

        public string? Problem { get; private set; }

        public int Problems { get; private set; }

        public void Add(string problem)
        {
            Problem ??= problem;
            Problems++;
        }

        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            var index = _next++;
            if (RevisionRecord.Parse(key, value, out var record) is { } problem) Add(problem);
            else visit(record, index);
        }
    }
}
