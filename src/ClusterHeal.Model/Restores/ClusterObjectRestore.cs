namespace ClusterHeal;

/// <summary>What became of one object of a snapshot in the live cluster, or what would become of it.</summary>
public sealed record ClusterObjectRestore
{
    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The resource, as <see cref="EtcdSnapshot.Resources"/> names it: <c>deployments</c>, <c>widgets.example.com</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The kind; empty if only the key is readable.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The namespace in the live cluster; empty for an object that is in none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The revision of the object in the snapshot.</summary>
    public required long Revision { get; init; }

    /// <summary>What became of it.</summary>
    public required ClusterObjectOutcome Outcome { get; init; }

    /// <summary>The uid of the live object; empty if there is none.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What is not as it is stored, and what is still to do.</summary>
    public ItemCollection<string> Notes { get; init; } = [];

    /// <summary>What differs between the live object and that of the snapshot, if one replaces the other.</summary>
    public ItemCollection<ClusterObjectChange> Changes { get; init; } = [];

    /// <summary>Why it was left out or could not be restored; null otherwise.</summary>
    public string? Problem { get; init; }

    /// <summary>What there is to say about it: the problem, otherwise what changes, otherwise the notes.</summary>
    public string Reason => Problem ?? (Changes.Length > 0 ? string.Join(' ', Changes) : string.Join(' ', Notes));

    /// <summary>Resource, namespace, name and outcome.</summary>
    public override string ToString() => $"{Resource}/{(Namespace.Length > 0 ? $"{Namespace}/" : "")}{Name}: {Outcome}";
}
