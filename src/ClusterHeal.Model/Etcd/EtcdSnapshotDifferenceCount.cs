namespace ClusterHeal;

/// <summary>How many objects of a resource in a namespace changed since a snapshot.</summary>
public sealed record EtcdSnapshotDifferenceCount
{
    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>The resource, as <see cref="EtcdSnapshot.Resources"/> names it.</summary>
    public required string Resource { get; init; }

    /// <summary>The namespace; empty for objects that are in none.</summary>
    public required string Namespace { get; init; }

    /// <summary>How many came after the snapshot. A restore of it takes them away.</summary>
    public long Added { get; init; }

    /// <summary>How many were written since. A restore takes them back to what they were.</summary>
    public long Changed { get; init; }

    /// <summary>How many were deleted since. A restore brings them back.</summary>
    public long Deleted { get; init; }

    /// <summary>How many are as they were. A restore leaves them.</summary>
    public long Unchanged { get; init; }

    /// <summary>The resource and its counts.</summary>
    public override string ToString() =>
        $"{Resource}{(Namespace.Length > 0 ? $" in {Namespace}" : "")}: {Added} added, {Changed} changed, {Deleted} deleted, {Unchanged} unchanged";
}
