using System.Buffers.Binary;
using System.Text;
using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Copies the bucket <c>key</c>, in which every change of every key is a record under its revision, and appends what a restore adds.
/// </summary>
/// <param name="writer">Takes the records; the bucket is begun.</param>
/// <param name="goneApiServers">Addresses of API servers that will not come back.</param>
/// <param name="progress">Is called from time to time.</param>
internal sealed class KeyBucketCopy(BoltBulkWriter writer, IReadOnlyList<string> goneApiServers, Action progress) : IRecordVisitor
{
    private const int RevisionLength = 17;
    private const int TombstoneLength = RevisionLength + 1;
    private const byte Separator = (byte)'_';
    private const byte TombstoneMark = (byte)'t';
    private const byte KeyField = 0x0a;
    private const int RecordsPerReport = 8192;

    /// <summary>Where an API server says that it lives: Kubernetes, and OpenShift before 4.</summary>
    private static readonly string[] LeasePrefixes = ["/registry/masterleases/", "/kubernetes.io/masterleases/"];

    private readonly (byte[] Key, byte[] Field)[] _leases =
        [.. LeasePrefixes.SelectMany(prefix => goneApiServers.Select(address => LeaseOf(prefix + address)))];

    private readonly HashSet<int> _live = [];
    private int _records;

    /// <summary>The revision of the last record.</summary>
    public long Revision { get; private set; }

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length is not (RevisionLength or TombstoneLength) || key[sizeof(long)] != Separator)
        {
            throw new InvalidDataException($"the key {Convert.ToHexString(key[..Math.Min(key.Length, 32)])} in the bucket 'key' is not a revision");
        }

        Revision = BinaryPrimitives.ReadInt64BigEndian(key);
        for (var i = 0; i < _leases.Length; i++)
        {
            if (!value.StartsWith(_leases[i].Field)) continue;
            if (key.Length == TombstoneLength) _live.Remove(i);
            else _live.Add(i);
        }

        writer.Append(key, value);
        if (++_records % RecordsPerReport == 0) progress();
    }

    /// <summary>
    /// Appends an empty record at a revision further on, as etcdutl does, so that no revision that a client saw comes again.
    /// (etcd: etcdutl/snapshot/v3_snapshot.go, unsafeBumpRevision)
    /// </summary>
    /// <param name="amount">How far on.</param>
    /// <returns>That revision.</returns>
    public long Bump(long amount)
    {
        Revision = checked(Revision + amount);
        writer.Append(RevisionKey(Revision), []);
        return Revision;
    }

    /// <summary>
    /// Deletes the leases of the API servers that are gone, in one transaction at the next revision, as a client would: the
    /// history before it stays as it was, and whoever watches sees the deletion.
    /// </summary>
    /// <returns>The keys that were deleted.</returns>
    public IReadOnlyList<string> DeleteGoneLeases()
    {
        if (_live.Count == 0) return [];
        Revision++;
        var deleted = _live.Order().Select(i => _leases[i]).ToArray();
        for (var sub = 0; sub < deleted.Length; sub++) writer.Append(RevisionKey(Revision, sub, isTombstone: true), deleted[sub].Field);
        return [.. deleted.Select(lease => Encoding.UTF8.GetString(lease.Key))];
    }

    /// <summary>A revision as etcd writes it into keys and into the bucket <c>meta</c>.</summary>
    public static byte[] RevisionKey(long main, long sub = 0, bool isTombstone = false)
    {
        var key = new byte[isTombstone ? TombstoneLength : RevisionLength];
        BinaryPrimitives.WriteInt64BigEndian(key, main);
        key[sizeof(long)] = Separator;
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(sizeof(long) + 1), sub);
        if (isTombstone) key[^1] = TombstoneMark;
        return key;
    }

    /// <summary>A key and the first field of each of its records: mvccpb.KeyValue{1: key}, which is all of a tombstone.</summary>
    private static (byte[] Key, byte[] Field) LeaseOf(string name)
    {
        var key = Encoding.UTF8.GetBytes(name);
        if (key.Length > 127) throw new ArgumentException($"'{name}' is not the address of an API server.");
        return (key, [KeyField, (byte)key.Length, .. key]);
    }
}
