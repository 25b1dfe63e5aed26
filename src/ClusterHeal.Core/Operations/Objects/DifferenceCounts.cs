namespace ClusterHeal.Operations;

/// <summary>Counts differences by resource and namespace.</summary>
/// <param name="path">The snapshot.</param>
internal sealed class DifferenceCounts(string path)
{
    private readonly Dictionary<(string Resource, string Namespace), EtcdSnapshotDifferenceCount> _counts = [];

    /// <summary>Counts an object; null if it is the same in both states.</summary>
    public void Count(StorageKey key, EtcdObjectChange? change)
    {
        var place = (key.Resource, key.Namespace);
        var count = _counts.GetValueOrDefault(place)
            ?? new EtcdSnapshotDifferenceCount { Path = path, Resource = key.Resource, Namespace = key.Namespace };
        _counts[place] = change switch
        {
            EtcdObjectChange.Added => count with { Added = count.Added + 1 },
            EtcdObjectChange.Changed => count with { Changed = count.Changed + 1 },
            EtcdObjectChange.Deleted => count with { Deleted = count.Deleted + 1 },
            _ => count with { Unchanged = count.Unchanged + 1 },
        };
    }

    /// <summary>Emits the counts in the order of resources and namespaces.</summary>
    public void EmitTo(IOperationSink sink)
    {
        foreach (var (_, count) in _counts.OrderBy(entry => entry.Key.Resource, StringComparer.Ordinal).ThenBy(entry => entry.Key.Namespace, StringComparer.Ordinal))
            sink.Emit(count);
    }
}
