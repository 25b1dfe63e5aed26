using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ClusterHeal.Bolt;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>What the small buckets of an etcd database say. What cannot be read is a problem in words and is left out.</summary>
internal sealed class SnapshotMetadata : IRecordVisitor
{
    /// <summary>These buckets have a handful of records. A file with more is not worth the memory.</summary>
    private const int MostRecords = 10_000;

    private static readonly string[] SmallBuckets = ["alarm", "auth", "cluster", "members", "members_removed", "meta"];

    /// <summary>What every member has from its first start on (etcd: server/storage/schema/bucket.go); a restore by etcdutl ends without the last two.</summary>
    private static readonly string[] NeededBuckets = ["key", "lease", "cluster", "members", "meta"];

    private readonly List<EtcdSnapshotMember> _members = [];
    private readonly List<EtcdSnapshotAlarm> _alarms = [];
    private readonly List<string> _problems = [];
    private string _bucket = "";
    private long _scheduledCompact;
    private int _records;

    /// <summary>The members at the time of the snapshot.</summary>
    public IReadOnlyList<EtcdSnapshotMember> Members => _members;

    /// <summary>The alarms that a cluster restored from it would have.</summary>
    public IReadOnlyList<EtcdSnapshotAlarm> Alarms => _alarms;

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The buckets that every member has and this database lacks.</summary>
    public IReadOnlyList<string> MissingBuckets { get; private set; } = [];

    /// <summary>The compact revision of a store that starts from this database; -1 if it was never compacted.</summary>
    public long CompactRevision { get; private set; } = -1;

    /// <summary>The storage version; empty before etcd 3.6.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The version that the cluster had agreed on; empty if it had not yet.</summary>
    public string ClusterVersion { get; private set; } = "";

    /// <summary>Whether authentication is on.</summary>
    public bool AuthEnabled { get; private set; }

    /// <summary>Reads the small buckets. Findings of the pages are the business of a whole walk.</summary>
    public static SnapshotMetadata Read(BoltDatabase database, CancellationToken cancellationToken)
    {
        var metadata = new SnapshotMetadata();
        var walk = new BoltWalk(database, new BoltFindings());
        var pages = walk.NewTreeWalk();
        var buckets = walk.ReadBuckets();
        metadata.MissingBuckets = [.. NeededBuckets.Except(buckets.Select(bucket => Encoding.UTF8.GetString(bucket.Name)))];
        foreach (var bucket in buckets)
        {
            metadata._bucket = Encoding.UTF8.GetString(bucket.Name);
            if (!SmallBuckets.Contains(metadata._bucket)) continue;
            foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, metadata, pages, cancellationToken);
        }

        // etcd: mvcc.store.restore takes the finished compaction and then resumes the scheduled one.
        metadata.CompactRevision = Math.Max(metadata.CompactRevision, metadata._scheduledCompact > 0 ? metadata._scheduledCompact : -1);
        return metadata;
    }

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (++_records > MostRecords) return;
        switch (_bucket, Encoding.UTF8.GetString(key))
        {
            case ("meta", "finishedCompactRev"):
                CompactRevision = ReadRevision(value);
                break;
            case ("meta", "scheduledCompactRev"):
                _scheduledCompact = ReadRevision(value);
                break;
            case ("meta", "storageVersion"):
                Version = Encoding.UTF8.GetString(value);
                break;
            case ("cluster", "clusterVersion"):
                ClusterVersion = Encoding.UTF8.GetString(value);
                break;
            case ("auth", "authEnabled"):
                AuthEnabled = value.Length == 1 && value[0] == 1;
                break;
            case ("members", var id):
                ReadMember(id, value);
                CheckId(id);
                break;
            case ("members_removed", var id):
                CheckId(id);
                break;
            case ("alarm", _):
                ReadAlarm(key);
                break;
        }
    }

    private static long ReadRevision(ReadOnlySpan<byte> value) => value.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(value) : -1;

    /// <summary>
    /// A member as etcd stores it (etcd: server/etcdserver/api/membership/member.go). A document and no serializer: to set that up takes
    /// longer than all the rest of reading a small file.
    /// </summary>
    private void ReadMember(string id, ReadOnlySpan<byte> value)
    {
        try
        {
            using var document = JsonDocument.Parse(value.ToArray());
            var member = document.RootElement;
            if (member.TryGetProperty("id", out var number)) number.GetUInt64();
            _members.Add(new EtcdSnapshotMember
            {
                Id = id,
                Name = member.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "",
                PeerUrls = ReadTexts(member, "peerURLs"),
                ClientUrls = ReadTexts(member, "clientURLs"),
                IsLearner = member.TryGetProperty("isLearner", out var isLearner) && isLearner.GetBoolean(),
            });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            _problems.Add($"the member '{id}' cannot be read: {e.Message}");
        }
    }

    // etcdutl ends with a panic over it. (etcd 3.5: membership/store.go; etcd 3.6: schema/membership.go)
    private void CheckId(string id)
    {
        if (!EtcdId.IsHex(id)) _problems.Add($"the member '{id}' has an ID that is no hexadecimal number");
    }

    private static string[] ReadTexts(JsonElement member, string name) =>
        member.TryGetProperty(name, out var texts) && texts.ValueKind != JsonValueKind.Null
            ? [.. texts.EnumerateArray().Select(text => text.GetString() ?? "")]
            : [];

    private void ReadAlarm(ReadOnlySpan<byte> key)
    {
        try
        {
            var alarm = AlarmMember.Parser.ParseFrom(key);
            _alarms.Add(new EtcdSnapshotAlarm(alarm.MemberID.ToString("x"), alarm.Alarm.ToString().ToUpperInvariant()));
        }
        catch (InvalidProtocolBufferException e)
        {
            _problems.Add($"an alarm cannot be read: {e.Message}");
        }
    }
}
