using System.Buffers.Binary;
using System.Text;
using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Rewrites the database of a snapshot for another cluster. What etcdutl changes is changed in the same way (etcd: etcdutl/snapshot/v3_snapshot.go).
/// What etcdutl leaves of the old cluster and what would harm the new one is removed, too.
/// </summary>
internal sealed class DatabaseRewriter(SnapshotFile source, RestoreSpec spec, Version targetVersion)
{
    private const string KeyBucket = "key";
    private const string MetaBucket = "meta";
    private const string AlarmBucket = "alarm";
    private const string MembersBucket = "members";
    private const string RemovedMembersBucket = "members_removed";

    private static readonly Dictionary<string, byte[]?> NoChanges = [];

    private readonly List<EtcdRestoreRepair> _repairs = [];
    private readonly BoltFindings _findings = new();

    /// <summary>Writes the database.</summary>
    /// <param name="output">An empty stream that can seek.</param>
    /// <param name="progress">Is told from time to time how many records were copied.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterHealException">The snapshot is damaged.</exception>
    public RestoredDatabase Write(Stream output, Action progress, CancellationToken cancellationToken)
    {
        var walk = new BoltWalk(source.Database, _findings);
        var buckets = walk.ReadBuckets().ToDictionary(bucket => Encoding.UTF8.GetString(bucket.Name));
        RefuseDamaged();
        if (!buckets.ContainsKey(KeyBucket)) throw Damaged(0, "it has no bucket 'key', so it is not a database of etcd");

        var writer = new BoltBulkWriter(output);
        var keys = new KeyBucketCopy(writer, new ApiServerLeases(spec.GoneApiServers, spec.LivingApiServers), progress);
        var (snapshotRevision, compactedRevision) = (0L, default(long?));
        // 'key' comes before 'meta' in the order of a database, so the new revision is known when 'meta' needs it.
        foreach (var name in buckets.Keys.Union([MembersBucket, RemovedMembersBucket, MetaBucket]).Order(StringComparer.Ordinal))
        {
            writer.BeginBucket(Encoding.UTF8.GetBytes(name));
            var copy = NewCopy(name, writer, compactedRevision);
            if (buckets.TryGetValue(name, out var bucket)) Visit(walk, bucket, name == KeyBucket ? keys : copy, cancellationToken);
            copy.Finish();
            if (name == KeyBucket)
            {
                snapshotRevision = keys.Revision;
                compactedRevision = FinishKeys(keys);
            }
            else
            {
                Report(name, copy);
            }
        }

        return new RestoredDatabase(writer.Complete(), snapshotRevision, keys.Revision, compactedRevision, _repairs);
    }

    private static byte[] BigEndian(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private BucketCopy NewCopy(string bucket, BoltBulkWriter writer, long? compactedRevision) => bucket switch
    {
        AlarmBucket or RemovedMembersBucket => new(writer, keep: false, NoChanges),
        MembersBucket => new(writer, keep: false, spec.Cluster.Members.ToDictionary(MembershipJson.Key, MemberJson)),
        MetaBucket => new(writer, keep: true, MetaChanges(compactedRevision)),
        _ => new(writer, keep: true, NoChanges),
    };

    private Dictionary<string, byte[]?> MetaChanges(long? compactedRevision)
    {
        var hasTerm = targetVersion >= EtcdVersions.ConfStateInDatabase;
        var changes = new Dictionary<string, byte[]?>
        {
            ["consistent_index"] = BigEndian((ulong)spec.Cluster.Members.Count),
            ["term"] = hasTerm ? BigEndian(MemberBootstrap.Term) : null,
            ["confState"] = hasTerm ? Encoding.UTF8.GetBytes(MembershipJson.ConfState(spec.Cluster)) : null,
        };
        if (targetVersion < EtcdVersions.StorageVersion) changes["storageVersion"] = null;
        if (compactedRevision is { } revision) changes["scheduledCompactRev"] = KeyBucketCopy.RevisionKey(revision);
        return changes;
    }

    private long? FinishKeys(KeyBucketCopy keys)
    {
        if (keys.Revision == 0) throw Damaged(0, "its bucket 'key' is empty, which is not so in any database of etcd that was used");
        long? compacted = spec.BumpRevision > 0 ? keys.Bump(spec.BumpRevision) : null;
        if (keys.DeleteGoneLeases() is { Count: > 0 } deleted)
        {
            _repairs.Add(new(EtcdRestoreRepairKind.ApiServerLease, $"Deleted {string.Join(", ", deleted)}: these API servers are gone."));
        }

        return compacted;
    }

    private void Report(string bucket, BucketCopy copy)
    {
        if (bucket == AlarmBucket && copy.Dropped > 0)
        {
            _repairs.Add(new(EtcdRestoreRepairKind.Alarm, $"Dropped {copy.Dropped} alarm(s) of the old cluster."));
        }

        if (bucket != MetaBucket) return;
        if (copy.Changed.Contains("confState"))
        {
            _repairs.Add(new(EtcdRestoreRepairKind.ConfState, "Replaced the voters of the old cluster by the new ones."));
        }

        if (copy.Changed.Contains("storageVersion"))
        {
            _repairs.Add(new(EtcdRestoreRepairKind.StorageVersion, $"Removed the storage version, which etcd {targetVersion} does not have."));
        }
    }

    private void Visit(BoltWalk walk, BoltBucket bucket, IRecordVisitor visitor, CancellationToken cancellationToken)
    {
        try
        {
            var pages = walk.NewTreeWalk();
            foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, visitor, pages, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(0, e.Message);
        }

        RefuseDamaged();
    }

    /// <summary>A walk leaves out what is damaged, so one finding is enough to refuse the whole file.</summary>
    private void RefuseDamaged()
    {
        if (_findings.ToList() is not [var first, ..]) return;
        throw Damaged(first.Offset, $"it is damaged, {first}{(_findings.Count > 1 ? $" (the first of {_findings.Count} problems)" : "")}");
    }

    private SnapshotFormatException Damaged(long offset, string what) =>
        new(ErrorIds.SnapshotDamaged, source.Path, offset, what, "Test-EtcdSnapshot lists all problems. " + SnapshotFile.SaveAnother);

    private static byte[]? MemberJson(InitialMember member) => Encoding.UTF8.GetBytes(MembershipJson.Member(member));
}
