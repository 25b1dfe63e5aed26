using System.Runtime.InteropServices;
using System.Text;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// The objects of a snapshot during a comparison: some 50 bytes for each, whatever its name and size. Names and values are kept as hashes with a
/// random seed. If there is a key for an encrypted value, it is the hash of the decrypted value.
/// </summary>
/// <param name="encryption">The keys of encryption at rest.</param>
internal sealed class ComparisonTable(EncryptionConfiguration encryption)
{
    private readonly UserKeyTable _hashes = new();
    private readonly Dictionary<ulong, Entry> _entries = [];

    /// <summary>How many values are encrypted with a key that is missing, if keys were given.</summary>
    public long Undecrypted { get; private set; }

    /// <summary>Adds an object of the snapshot.</summary>
    public void Add(StorageKey key, StoredBytes stored)
    {
        var (hash, isDecrypted) = Read(stored);
        _entries[HashOf(key)] = new Entry(stored.Revision, hash, 0, false, isDecrypted);
    }

    /// <summary>Notes that the other state has an object.</summary>
    /// <returns>False if the snapshot does not have it.</returns>
    public bool Meet(StorageKey key, StoredBytes stored)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, HashOf(key));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry)) return false;
        var isSame = entry.Revision == stored.Revision;
        if (!stored.Value.IsEmpty)
        {
            var (hash, isDecrypted) = Read(stored);
            // The same object encrypted with another key was written, but has not changed.
            isSame = (isSame || isDecrypted || entry.IsDecrypted) && entry.Value == hash;
        }

        entry = entry with { OtherRevision = stored.Revision, IsSame = isSame };
        return true;
    }

    /// <summary>Whether only the value shows if an object of the snapshot has changed: it was encrypted, and was written since.</summary>
    public bool NeedsValue(StorageKey key, long revision) => _entries.TryGetValue(HashOf(key), out var entry) && entry.IsDecrypted && entry.Revision != revision;

    /// <summary>What happened to an object of the snapshot, or null if it is the same; and the revision of its last change in the other state.</summary>
    public (EtcdObjectChange? Change, long? Revision) Judge(StorageKey key) => _entries[HashOf(key)] switch
    {
        { OtherRevision: 0 } => (EtcdObjectChange.Deleted, null),
        { IsSame: true } => (null, null),
        var entry => (EtcdObjectChange.Changed, entry.OtherRevision),
    };

    private (ulong Hash, bool IsDecrypted) Read(StoredBytes stored)
    {
        if (encryption.IsEmpty || StorageEnvelope.Open(stored.Value).Form != StoredObjectForm.Encrypted) return (_hashes.HashOf(stored.Value), false);
        if (encryption.Decrypt(stored.Value, stored.Key).Value is { } plain) return (_hashes.HashOf(plain), true);
        Undecrypted++;
        return (_hashes.HashOf(stored.Value), false);
    }

    private ulong HashOf(StorageKey key) => _hashes.HashOf(Encoding.UTF8.GetBytes($"{key.Resource}/{key.Namespace}/{key.Name}"));

    private readonly record struct Entry(long Revision, ulong Value, long OtherRevision, bool IsSame, bool IsDecrypted);
}
