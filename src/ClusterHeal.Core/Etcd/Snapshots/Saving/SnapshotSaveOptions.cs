namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Where a snapshot goes, and how long it may take.</summary>
public sealed record SnapshotSaveOptions
{
    /// <summary>The file, or null if <see cref="Directory"/> is used.</summary>
    public string? Path { get; init; }

    /// <summary>The folder for a file with a dated name, or null if <see cref="Path"/> is used.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether an existing file is replaced, once the new one is proven.</summary>
    public bool Force { get; init; }

    /// <summary>What stays in <see cref="Directory"/>.</summary>
    public SnapshotRetention Retention { get; init; } = new();

    /// <summary>How long the stream may take as a whole.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a member may send nothing.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True if a restore is about to replace what is saved.</summary>
    public bool BeforeRestore { get; init; }

    /// <summary>Why it is saved, for the manifest.</summary>
    internal SnapshotCause Cause =>
        BeforeRestore ? SnapshotCause.Restore : Directory is null ? SnapshotCause.Hand : SnapshotCause.Run;

    /// <summary>How the member is set up, for the manifest, or null.</summary>
    public EtcdConfiguration? Configuration { get; init; }
}
