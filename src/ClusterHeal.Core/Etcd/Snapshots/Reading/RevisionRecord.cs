using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// A record of etcd's bucket <c>key</c>. Its key is a revision: main as big-endian i64, '_', sub as big-endian i64, and a 't' behind
/// it if the revision deletes. Its value is a mvccpb.KeyValue (etcd: server/storage/mvcc/revision.go, api/mvccpb/kv.proto).
/// </summary>
internal readonly ref struct RevisionRecord
{
    private const int RevisionSize = 17;

    /// <summary>The main revision: that of the store after the change.</summary>
    public long Main { get; private init; }

    /// <summary>The revision at which the key was created; 0 for a tombstone.</summary>
    public long Created { get; private init; }

    /// <summary>How often the key was written since; 0 for a tombstone.</summary>
    public long Version { get; private init; }

    /// <summary>Whether the record deletes its key.</summary>
    public bool IsTombstone { get; private init; }

    /// <summary>The user's key.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>The user's value.</summary>
    public ReadOnlySpan<byte> Value { get; private init; }

    /// <summary>Reads the revision alone; 0 if the key is none.</summary>
    public static long MainOf(ReadOnlySpan<byte> key) => IsRevision(key) ? BinaryPrimitives.ReadInt64BigEndian(key) : 0;

    public static bool IsTombstoneKey(ReadOnlySpan<byte> key) => key.Length == RevisionSize + 1 && key[RevisionSize] == (byte)'t';

    /// <summary>Reads a record.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    [MethodImpl(HotPath.Optimized)]
    public static string? Parse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out RevisionRecord record)
    {
        record = default;
        if (!IsRevision(key)) return NoRevision(key);
        var main = BinaryPrimitives.ReadInt64BigEndian(key);
        if (main <= 0) return NoRevision(key);
        ReadOnlySpan<byte> userKey = default, userValue = default;
        ulong modified = 0, created = 0, version = 0;
        for (var rest = value; rest.Length > 0;)
        {
            if (!TryReadVarint(ref rest, out var tag)) return Of(main, "is cut short");
            var field = tag >> 3;
            ReadOnlySpan<byte> bytes = default;
            if (!TryReadVarint(ref rest, out var number)) return Of(main, "is cut short");
            if ((tag & 7) == 2)
            {
                if (number > (ulong)rest.Length) return Of(main, "is cut short");
                bytes = rest[..(int)number];
                rest = rest[(int)number..];
            }
            else if ((tag & 7) != 0)
            {
                return Of(main, "is not a key and its value");
            }
            if (tag == 0x0a) userKey = bytes;
            else if (tag == 0x2a) userValue = bytes;
            else if (field == 3) modified = number;
            else if (field == 2) created = number;
            else if (field == 4) version = number;
        }

        // The record that `etcdutl snapshot restore --bump-revision` adds has no value at all; tombstones have the key only.
        var isTombstone = IsTombstoneKey(key);
        if (!isTombstone && value.Length > 0 && modified != (ulong)main) return OfAnother(main, modified);
        record = new RevisionRecord
        {
            Main = main, Created = (long)created, Version = (long)version, IsTombstone = isTombstone, Key = userKey, Value = userValue,
        };
        return null;
    }

    private static string NoRevision(ReadOnlySpan<byte> key) => $"the key {Convert.ToHexString(key[..Math.Min(key.Length, 32)])} is not a revision";

    private static string OfAnother(long main, ulong modified) => Of(main, $"says that it is of revision {modified}");

    private static string Of(long main, string problem) => $"the value of revision {main} {problem}";

    private static bool IsRevision(ReadOnlySpan<byte> key) =>
        (key.Length == RevisionSize && key[8] == (byte)'_') || (IsTombstoneKey(key) && key[8] == (byte)'_');

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            number |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
