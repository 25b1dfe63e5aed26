using System.Runtime.InteropServices;
using System.Text;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>
/// The objects of a snapshot while another state is held against them: some 50 bytes for each, whatever its name and size. Names and values are
/// kept as hashes with a random seed.
/// </summary>
internal sealed class ComparisonTable
{
    private readonly UserKeyTable _hashes = new();
    private readonly Dictionary<ulong, Entry> _entries = [];

    /// <summary>Adds an object of the snapshot.</summary>
    public void Add(StorageKey key, long revision, ReadOnlySpan<byte> value) => _entries[HashOf(key)] = new Entry(revision, _hashes.HashOf(value), 0, false);

    /// <summary>Notes that the other side has an object.</summary>
    /// <param name="key">The object.</param>
    /// <param name="revision">The revision of its last change there.</param>
    /// <param name="value">Its bytes there; empty where they are not known.</param>
    /// <returns>False if the snapshot does not have it.</returns>
    public bool Meet(StorageKey key, long revision, ReadOnlySpan<byte> value)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, HashOf(key));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry)) return false;
        var isSame = entry.Revision == revision && (value.IsEmpty || entry.Value == _hashes.HashOf(value));
        entry = entry with { OtherRevision = revision, IsSame = isSame };
        return true;
    }

    /// <summary>What happened to an object of the snapshot: null if it is the same; and the revision of its last change on the other side.</summary>
    public (EtcdObjectChange? Change, long? Revision) Judge(StorageKey key) => _entries[HashOf(key)] switch
    {
        { OtherRevision: 0 } => (EtcdObjectChange.Deleted, null),
        { IsSame: true } => (null, null),
        var entry => (EtcdObjectChange.Changed, entry.OtherRevision),
    };

    private ulong HashOf(StorageKey key) => _hashes.HashOf(Encoding.UTF8.GetBytes($"{key.Resource}/{key.Namespace}/{key.Name}"));

    private readonly record struct Entry(long Revision, ulong Value, long OtherRevision, bool IsSame);
}
