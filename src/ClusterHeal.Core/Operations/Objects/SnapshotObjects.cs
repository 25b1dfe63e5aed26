using System.Text;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Takes an object and its stored bytes, which are valid only during the call.</summary>
internal delegate void VisitObject(EtcdSnapshotObject found, ReadOnlySpan<byte> value);

/// <summary>The Kubernetes objects in a snapshot, one after another in the order of their last changes.</summary>
/// <param name="file">The snapshot.</param>
/// <param name="filter">Which objects.</param>
/// <param name="encryption">The keys that show the metadata of encrypted objects; null for none.</param>
internal sealed class SnapshotObjects(SnapshotFile file, ObjectFilter filter, EncryptionConfiguration? encryption = null)
{
    private readonly SnapshotRecords _records = new(file);
    private readonly StorageKeys _keys = new();
    private readonly HashSet<string> _selected = [];

    /// <summary>What is wrong with the snapshot, so that objects may be missing; null if it is not damaged.</summary>
    public SnapshotFormatException? Damage => _records.Damage;

    /// <summary>Reads its keys. Known after <see cref="Index"/>.</summary>
    public StorageKeys Keys => _keys;

    /// <summary>The uid of its namespace kube-system, which tells clusters apart; empty if it has none. Known after <see cref="Index"/>.</summary>
    public string ClusterUid { get; private set; } = "";

    /// <summary>How many objects were selected except for their labels, which they do not show: they are encrypted or not readable.</summary>
    public long WithoutLabels { get; private set; }

    /// <summary>Reads the keys of all objects. Everything else needs them.</summary>
    /// <param name="atRevision">The revision whose state is read; null for the last one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The file cannot be read, or the snapshot does not have that revision.</exception>
    public void Index(long? atRevision, CancellationToken cancellationToken) => _records.Index(atRevision, Learn, cancellationToken);

    /// <summary>Passes on the objects as they were at the revision of <see cref="Index"/>.</summary>
    public void VisitState(VisitObject visit, CancellationToken cancellationToken) =>
        _records.VisitState(record => Visit(record, visit), cancellationToken);

    /// <summary>Passes on all revisions of the objects in the snapshot, deletions included.</summary>
    public void VisitHistory(VisitObject visit, CancellationToken cancellationToken) =>
        _records.VisitAll(record => Visit(record, visit), cancellationToken);

    private void Learn(RevisionRecord record)
    {
        if (record.IsTombstone || !StorageKeys.IsKubeSystem(record.Key)) return;
        _keys.Learn(record.Key);
        ClusterUid = StorageMetadata.Read(StorageEnvelope.Open(record.Value))?.Uid ?? "";
    }

    private void Visit(RevisionRecord record, VisitObject visit)
    {
        if (_keys.Parse(record.Key) is not { } key) return;
        var envelope = record.IsTombstone ? default : StorageEnvelope.Open(record.Value);
        if (!filter.Matches(key, envelope.Kind ?? "")) return;
        var found = Describe(record, key, envelope);
        if (!filter.HasLabels || IsSelected(found)) visit(found, record.Value);
    }

    /// <summary>A deletion has no labels. It is selected with the object that it deletes.</summary>
    private bool IsSelected(EtcdSnapshotObject found)
    {
        if (found.IsDeleted) return _selected.Contains(found.Key);
        if (found.Form == StoredObjectForm.Unknown || found.Kind.Length == 0) WithoutLabels++;
        if (!filter.Matches(found.Labels)) return false;
        _selected.Add(found.Key);
        return true;
    }

    private EtcdSnapshotObject Describe(RevisionRecord record, StorageKey key, StorageEnvelope envelope)
    {
        var found = new EtcdSnapshotObject
        {
            Path = file.Path,
            Key = Encoding.UTF8.GetString(record.Key),
            Resource = key.Resource,
            Namespace = key.Namespace,
            Name = key.Name,
            Revision = record.Main,
            CreateRevision = record.Created,
            Version = record.Version,
            Size = record.Value.Length,
        };
        if (record.IsTombstone) return found with { Form = StoredObjectForm.Deleted };
        found = found with { Form = envelope.Form, Kind = envelope.Kind, ApiVersion = envelope.ApiVersion, Encryption = envelope.Encryption };
        if (envelope.Form is StoredObjectForm.Encrypted)
        {
            if (encryption is null or { IsEmpty: true }) return found;
            var (plain, problem) = encryption.Decrypt(record.Value, found.Key);
            if (plain is null) return found with { Problem = $"its value {problem}" };
            envelope = StorageEnvelope.Open(plain);
            found = found with { Kind = envelope.Kind, ApiVersion = envelope.ApiVersion };
        }

        if (StorageMetadata.Read(envelope) is not { } metadata)
            return found with { Form = StoredObjectForm.Unknown, Problem = $"its value {envelope.Problem ?? "has damaged metadata"}" };
        if (key.Resource == "secrets" || found.Encryption.Length > 0) metadata.Annotations.Remove(Confidential.LastApplied);
        return found with
        {
            GenerateName = metadata.GenerateName,
            Uid = metadata.Uid,
            Generation = metadata.Generation,
            Labels = metadata.Labels,
            Annotations = metadata.Annotations,
            Owners = [.. metadata.Owners],
            Finalizers = [.. metadata.Finalizers],
            Created = metadata.CreationTimestamp,
            DeletionTimestamp = metadata.DeletionTimestamp,
        };
    }
}
