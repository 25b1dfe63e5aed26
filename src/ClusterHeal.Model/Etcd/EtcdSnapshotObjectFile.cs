namespace ClusterHeal;

/// <summary>A file into which an object of a snapshot was written.</summary>
public sealed record EtcdSnapshotObjectFile
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The snapshot.</summary>
    public required string SnapshotPath { get; init; }

    /// <summary>The resource, as <see cref="EtcdSnapshot.Resources"/> names it.</summary>
    public required string Resource { get; init; }

    /// <summary>The namespace; empty for an object that is in none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The revision of the object.</summary>
    public required long Revision { get; init; }

    /// <summary>True for a manifest that <c>kubectl apply</c> takes; false for the bytes as they are stored.</summary>
    public required bool IsManifest { get; init; }

    /// <summary>Why it is no manifest; null for a manifest.</summary>
    public string? Problem { get; init; }

    /// <summary>The file.</summary>
    public override string ToString() => Path;
}
