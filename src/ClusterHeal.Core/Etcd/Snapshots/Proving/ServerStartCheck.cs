using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Looks at all that a server reads of a database at its start, record by record as it does. Whatever would make the server end itself is a problem.
/// (etcd: server/storage/mvcc/kvstore.go restore, server/lease/lessor.go initAndRecover, server/auth/store.go, server/storage/schema)
/// </summary>
/// <param name="cluster">The cluster that the database was written for.</param>
/// <param name="targetVersion">The version of the servers: major and minor.</param>
internal sealed class ServerStartCheck(InitialCluster cluster, Version targetVersion) : IRecordVisitor
{
    private const int RevisionLength = 17;
    private readonly HashSet<string> _members = [];
    private readonly byte[] _last = new byte[RevisionLength];
    private ulong? _consistentIndex;
    private string _bucket = "";

    /// <summary>The first problem, as a sentence about the database; null if a server can start on it.</summary>
    public string? Problem { get; private set; }

    /// <summary>The records of the bucket <c>key</c>.</summary>
    public long Records { get; private set; }

    /// <summary>The last revision.</summary>
    public long Revision { get; private set; }

    /// <summary>Sets the bucket of the next records.</summary>
    public void Begin(string bucket) => _bucket = bucket;

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (Problem is not null) return;
        if ((_bucket == "key" ? OfKey(key, value) : OfOther(key, value)) is not { } problem) return;
        Problem = $"in its bucket '{_bucket}' the record {Name(key)} {problem}";
    }

    /// <summary>Checks what must be there after the last record.</summary>
    public void Finish()
    {
        if (Problem is not null) return;
        if (Records == 0) Problem = "its bucket 'key' is empty";
        else if (_consistentIndex != (ulong)cluster.Members.Count) Problem = $"its consistent index is {_consistentIndex?.ToString(CultureInfo.InvariantCulture) ?? "missing"}";
        else if (!_members.SetEquals(cluster.Members.Select(MembershipJson.Key))) Problem = $"its members are {string.Join(", ", _members)}";
    }

    // The store panics if a revision of a key is not above the one before it.
    private string? OfKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (RevisionRecord.MainOf(key) <= 0 || BinaryPrimitives.ReadInt64BigEndian(key[(sizeof(long) + 1)..]) < 0) return "is not at a revision";
        if (Records++ > 0 && key[..RevisionLength].SequenceCompareTo(_last) <= 0) return "is not above the revision before it";
        key[..RevisionLength].CopyTo(_last);
        Revision = RevisionRecord.MainOf(key);
        return GoMessage.KeyValue.FindProblem(value);
    }

    private string? OfOther(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => (_bucket, Encoding.UTF8.GetString(key)) switch
    {
        ("lease", _) => GoMessage.Lease.FindProblem(value),
        ("authUsers", _) => GoMessage.User.FindProblem(value),
        ("authRoles", _) => GoMessage.Role.FindProblem(value),
        ("auth", "authRevision") => value.Length >= sizeof(ulong) ? null : "is no revision",
        ("alarm" or "members_removed", _) => "is of the cluster before",
        ("cluster", "clusterVersion") => OfClusterVersion(value),
        ("cluster", "downgrade") => OfDowngrade(value),
        ("meta", "consistent_index") => OfConsistentIndex(value),
        ("meta", "term") => value.Length == sizeof(ulong) ? null : "is no number",
        ("meta", "confState") => Text(value) == MembershipJson.ConfState(cluster) ? null : "is not of this cluster",
        ("meta", "storageVersion") => SemanticVersion(value) is null ? "is no version" : null,
        ("meta", "finishedCompactRev" or "scheduledCompactRev") => value.Length >= RevisionLength ? null : "is no revision",
        ("members", var id) => OfMember(id, value),
        _ => null,
    };

    private string? OfConsistentIndex(ReadOnlySpan<byte> value)
    {
        if (value.Length != sizeof(ulong)) return "is no number";
        _consistentIndex = BinaryPrimitives.ReadUInt64BigEndian(value);
        return null;
    }

    private string? OfClusterVersion(ReadOnlySpan<byte> value)
    {
        if (SemanticVersion(value) is not { } version) return "is no version";
        return EtcdVersions.MinorOf(version) > targetVersion ? $"is {version}, which servers of {targetVersion} refuse" : null;
    }

    private string? OfDowngrade(ReadOnlySpan<byte> value)
    {
        try
        {
            using var document = JsonDocument.Parse(Text(value));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return "is no downgrade";
            if (!root.TryGetProperty("enabled", out var enabled) || enabled.ValueKind == JsonValueKind.False) return null;
            if (enabled.ValueKind != JsonValueKind.True) return "is no downgrade";
            var target = root.TryGetProperty("target-version", out var to) && to.ValueKind == JsonValueKind.String ? to.GetString()! : "";
            return SemanticVersion(Encoding.UTF8.GetBytes(target)) is { } version && EtcdVersions.MinorOf(version) == targetVersion
                ? null
                : $"has a downgrade to '{target}' on its way, with which servers of {targetVersion} do not start";
        }
        catch (JsonException)
        {
            return "is no JSON";
        }
    }

    private string? OfMember(string id, ReadOnlySpan<byte> value)
    {
        var member = cluster.Members.FirstOrDefault(m => MembershipJson.Key(m) == id);
        _members.Add(id);
        return member is not null && Text(value) == MembershipJson.Member(member) ? null : "is not a member of this cluster";
    }

    // Three numbers, and whatever follows a dash or a plus. (coreos/go-semver)
    private static Version? SemanticVersion(ReadOnlySpan<byte> value)
    {
        var numbers = Text(value).Split('-', '+')[0].Split('.');
        return numbers.Length == 3 && numbers.All(n => n.Length > 0 && n.All(char.IsAsciiDigit)) && Version.TryParse(string.Join('.', numbers), out var version)
            ? version
            : null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    private static string Name(ReadOnlySpan<byte> key)
    {
        const int Most = 32;
        var shown = key[..Math.Min(key.Length, Most)];
        return shown.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0 && !shown.IsEmpty ? $"'{Text(shown)}'" : Convert.ToHexString(shown);
    }
}
