using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>Another snapshot to compare with.</summary>
/// <param name="path">The file.</param>
public sealed class ComparedSnapshot(string path) : ComparedState
{
    /// <inheritdoc/>
    internal override string Name => $"the snapshot '{path}'";

    /// <inheritdoc/>
    internal override Task VisitAsync(ComparisonScope scope, VisitCompared visit, IOperationSink sink, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        var objects = new SnapshotObjects(file, new ObjectFilter());
        objects.Index(null, cancellationToken);
        if (objects.Damage is { } damage) throw damage;
        ClusterUid = objects.ClusterUid;
        objects.VisitState(
            (found, value) => visit(new StorageKey(found.Resource, found.Namespace, found.Name), found.Kind, new StoredBytes(found.Key, found.Revision, value)),
            cancellationToken);
        return Task.CompletedTask;
    }
}
