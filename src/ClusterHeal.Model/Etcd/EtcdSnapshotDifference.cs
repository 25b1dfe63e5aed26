namespace ClusterHeal;

/// <summary>An object that is not the same in a snapshot and in what the snapshot is compared with.</summary>
public sealed record EtcdSnapshotDifference
{
    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>What happened to the object since.</summary>
    public required EtcdObjectChange Change { get; init; }

    /// <summary>The resource, as <see cref="EtcdSnapshot.Resources"/> names it: <c>deployments</c>, <c>widgets.example.com</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The kind; empty if neither side shows it.</summary>
    public required string Kind { get; init; }

    /// <summary>The namespace; empty for an object that is in none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The revision of its last change in the snapshot; null for one that came after it.</summary>
    public long? Revision { get; init; }

    /// <summary>The revision of its last change on the other side; null for one that was deleted.</summary>
    public long? OtherRevision { get; init; }

    /// <summary>The object as the snapshot has it; null for one that came after it.</summary>
    public EtcdSnapshotObject? SnapshotObject { get; init; }

    /// <summary>What a restore of the snapshot would do with it: <c>takes away</c>, <c>takes back</c> or <c>brings back</c>.</summary>
    public string RestoreEffect => Change switch
    {
        EtcdObjectChange.Added => "takes away",
        EtcdObjectChange.Changed => "takes back",
        _ => "brings back",
    };

    /// <summary>The change and the object.</summary>
    public override string ToString() => $"{Change} {Resource}/{(Namespace.Length > 0 ? $"{Namespace}/" : "")}{Name}";
}
