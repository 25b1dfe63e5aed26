namespace ClusterHeal;

/// <summary>One host of a cluster restore, as it was found.</summary>
public sealed record ClusterRestoreHost
{
    /// <summary>The host.</summary>
    public required string HostName { get; init; }

    /// <summary>The name of its etcd member.</summary>
    public required string MemberName { get; init; }

    /// <summary>The data directory of the member.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the write-ahead log if it is not inside the data directory, otherwise null.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>The version of its etcd: major and minor.</summary>
    public required Version EtcdVersion { get; init; }

    /// <summary>How etcd is run there.</summary>
    public required ComponentStatus Etcd { get; init; }

    /// <summary>The API server, controller manager and scheduler that run there: stopped for the restore, and started in this order.</summary>
    public required ItemCollection<ComponentStatus> ControlPlane { get; init; }

    /// <summary>The revision that its member had, or null if it did not answer.</summary>
    public long? Revision { get; init; }

    /// <summary>Free bytes on the filesystem of the data directory.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>Bytes that the new data need there.</summary>
    public required long NeededBytes { get; init; }

    /// <summary>The host and its member.</summary>
    public override string ToString() => $"{HostName} ({MemberName})";
}
