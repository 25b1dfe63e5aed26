using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Compares a snapshot with a later state: what was added, changed and deleted since. Two objects are the same if their last changes have the same
/// revision and, if both states show their stored bytes, the same bytes. So encrypted objects do not have to be read. With their keys, objects that
/// were only encrypted again are the same, too.
/// </summary>
public sealed record SnapshotComparison
{
    /// <summary>Which objects.</summary>
    public required ObjectFilter Filter { get; init; }

    /// <summary>True to compare also events, leases and endpoint slices, which change all the time by themselves.</summary>
    public bool IncludeVolatile { get; init; }

    /// <summary>True for counts by resource and namespace instead of the objects.</summary>
    public bool Summary { get; init; }

    /// <summary>The file with the keys of encryption at rest; null for none.</summary>
    public string? EncryptionConfigurationFile { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="other">What it is compared with.</param>
    /// <param name="sink">
    /// Gets an <see cref="EtcdSnapshotDifference"/> for each object that differs, or an <see cref="EtcdSnapshotDifferenceCount"/> for each resource
    /// and namespace; and a warning if the two are of different clusters.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">One of the two cannot be read, or is damaged: then nothing could be called deleted.</exception>
    public Task RunAsync(string path, ComparedState other, IOperationSink sink, CancellationToken cancellationToken) =>
        Task.Run(() => CompareAsync(path, other, sink, cancellationToken), cancellationToken);

    private async Task CompareAsync(string path, ComparedState other, IOperationSink sink, CancellationToken cancellationToken)
    {
        var keys = EncryptionConfiguration.ReadIfNamed(EncryptionConfigurationFile);
        using var file = SnapshotFile.Open(path);
        var objects = new SnapshotObjects(file, Filter, keys);
        objects.Index(null, cancellationToken);
        if (objects.Damage is { } damage) throw damage;

        IReadOnlyList<string> leftOut = IncludeVolatile || Filter.HasKinds ? [] : StorageResource.Volatile;
        var (table, kinds) = (new ComparisonTable(keys), new Dictionary<string, string>());
        objects.VisitState(
            (found, value) =>
            {
                if (leftOut.Contains(found.Resource)) return;
                table.Add(KeyOf(found), new StoredBytes(found.Key, found.Revision, value));
                if (found.Kind.Length > 0) kinds[found.Resource] = found.Kind;
                else kinds.TryAdd(found.Resource, "");
            },
            cancellationToken);

        var scope = new ComparisonScope(Filter, leftOut, objects.Keys, kinds.Keys.ToHashSet()) { HasKeys = !keys.IsEmpty, NeedsValue = table.NeedsValue };
        var counts = new DifferenceCounts(path);
        await other.VisitAsync(
            scope,
            (key, kind, stored) =>
            {
                if (!scope.Includes(key, kind) || table.Meet(key, stored)) return;
                counts.Count(key, EtcdObjectChange.Added);
                if (Summary) return;
                sink.Emit(new EtcdSnapshotDifference
                {
                    Path = path, Change = EtcdObjectChange.Added, Resource = key.Resource, Namespace = key.Namespace, Name = key.Name,
                    Kind = kind.Length > 0 ? kind : kinds.GetValueOrDefault(key.Resource, ""), OtherRevision = stored.Revision,
                });
            },
            sink,
            cancellationToken).ConfigureAwait(false);
        OtherCluster.Warn(path, objects.ClusterUid, other.Name, other.ClusterUid, sink);
        if (table.Undecrypted > 0)
            sink.Warning($"{table.Undecrypted} value(s) are encrypted with keys that '{EncryptionConfigurationFile}' does not have. They are compared as they are stored.");

        objects.VisitState(
            (found, _) =>
            {
                if (!scope.Includes(found.Resource, found.Kind)) return;
                var (change, revision) = table.Judge(KeyOf(found));
                counts.Count(KeyOf(found), change);
                if (change is null || Summary) return;
                sink.Emit(new EtcdSnapshotDifference
                {
                    Path = path, Change = change.Value, Resource = found.Resource, Namespace = found.Namespace, Name = found.Name, Kind = found.Kind,
                    Revision = found.Revision, OtherRevision = revision, SnapshotObject = found,
                });
            },
            cancellationToken);
        if (Summary) counts.EmitTo(sink);
    }

    private static StorageKey KeyOf(EtcdSnapshotObject found) => new(found.Resource, found.Namespace, found.Name);
}
