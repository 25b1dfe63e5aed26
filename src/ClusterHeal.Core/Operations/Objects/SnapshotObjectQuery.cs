using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Lists the Kubernetes objects in a snapshot file.</summary>
public sealed record SnapshotObjectQuery
{
    /// <summary>Which objects.</summary>
    public required ObjectFilter Filter { get; init; }

    /// <summary>The revision whose state is read; null for the last one.</summary>
    public long? AtRevision { get; init; }

    /// <summary>True for all revisions in the snapshot, deletions included.</summary>
    public bool History { get; init; }

    /// <summary>The file with the keys of encryption at rest, which show the metadata of encrypted objects; null for none.</summary>
    public string? EncryptionConfigurationFile { get; init; }

    /// <summary>Reads a snapshot. The objects come in the order of their last changes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sink">Gets an <see cref="EtcdSnapshotObject"/> for each, and an error at the end if the snapshot is damaged.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">It cannot be read, or it does not have the revision.</exception>
    public Task RunAsync(string path, IOperationSink sink, CancellationToken cancellationToken) =>
        Task.Run(() => Run(path, sink, cancellationToken), cancellationToken);

    /// <summary>Reads the objects of a snapshot, even if it is damaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public Task<IReadOnlyList<EtcdSnapshotObject>> ListAsync(string path, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<EtcdSnapshotObject>>(
        () =>
        {
            using var file = SnapshotFile.Open(path);
            var (objects, found) = (new SnapshotObjects(file, Filter, EncryptionConfiguration.ReadIfNamed(EncryptionConfigurationFile)), new List<EtcdSnapshotObject>());
            objects.Index(AtRevision, cancellationToken);
            objects.VisitState((each, _) => found.Add(each), cancellationToken);
            return found;
        },
        cancellationToken);

    /// <summary>Collects a value from all objects of a snapshot. If it is cancelled, the collected values stay.</summary>
    /// <param name="path">The file.</param>
    /// <param name="filter">Which objects.</param>
    /// <param name="value">The value.</param>
    /// <param name="values">Takes the values.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The file cannot be read.</exception>
    public static void Collect(
        string path, ObjectFilter filter, Func<EtcdSnapshotObject, string> value, ISet<string> values, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        var objects = new SnapshotObjects(file, filter);
        objects.Index(null, cancellationToken);
        objects.VisitState((found, _) => values.Add(value(found)), cancellationToken);
    }

    private void Run(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        var keys = EncryptionConfiguration.ReadIfNamed(EncryptionConfigurationFile);
        using var file = SnapshotFile.Open(path);
        var objects = new SnapshotObjects(file, Filter, keys);
        objects.Index(AtRevision, cancellationToken);
        if (History) objects.VisitHistory(Emit, cancellationToken);
        else objects.VisitState(Emit, cancellationToken);
        if (objects.WithoutLabels > 0)
        {
            sink.Warning($"'{path}': {objects.WithoutLabels} object(s) are encrypted or not readable and show no labels. A label that they should have did not find them."
                + (keys.IsEmpty ? " The keys of encryption at rest (-EncryptionConfigurationFile) show the labels of encrypted ones." : ""));
        }

        if (objects.Damage is { } damage) sink.Fail(damage);

        void Emit(EtcdSnapshotObject found, ReadOnlySpan<byte> value) => sink.Emit(found);
    }
}
