using System.Buffers.Binary;
using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Copies the bucket <c>key</c>, which has a record for every change of every key, sorted by revision. Then it appends what a restore adds.</summary>
/// <param name="writer">Takes the records. The bucket was begun already.</param>
/// <param name="leases">Knows the leases of API servers that are gone.</param>
/// <param name="progress">Is called from time to time.</param>
internal sealed class KeyBucketCopy(BoltBulkWriter writer, ApiServerLeases leases, Action progress) : IRecordVisitor
{
    private const int RevisionLength = 17;
    private const int TombstoneLength = RevisionLength + 1;
    private const byte Separator = (byte)'_';
    private const byte TombstoneMark = (byte)'t';
    private const int RecordsPerReport = 8192;

    private readonly SortedSet<string> _gone = new(StringComparer.Ordinal);
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
        if (leases.GoneKeyOf(value) is { } lease)
        {
            if (key.Length == TombstoneLength) _gone.Remove(lease);
            else _gone.Add(lease);
        }

        writer.Append(key, value);
        if (++_records % RecordsPerReport == 0) progress();
    }

    /// <summary>
    /// Appends an empty record at a higher revision, as etcdutl does, so that no revision that a client saw comes again. (etcd:
    /// etcdutl/snapshot/v3_snapshot.go, unsafeBumpRevision)
    /// </summary>
    /// <param name="amount">How much higher.</param>
    /// <returns>That revision.</returns>
    public long Bump(long amount)
    {
        Revision = checked(Revision + amount);
        writer.Append(RevisionKey(Revision), []);
        return Revision;
    }

    /// <summary>
    /// Deletes the leases of the API servers that are gone, in one transaction at the next revision, as a client would. The history before it stays,
    /// and every watch sees the deletion.
    /// </summary>
    /// <returns>The keys that were deleted.</returns>
    public IReadOnlyList<string> DeleteGoneLeases()
    {
        if (_gone.Count == 0) return [];
        Revision++;
        var sub = 0;
        foreach (var lease in _gone) writer.Append(RevisionKey(Revision, sub++, isTombstone: true), ApiServerLeases.TombstoneOf(lease));
        return [.. _gone];
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
}
