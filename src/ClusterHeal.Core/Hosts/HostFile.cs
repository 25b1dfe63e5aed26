namespace ClusterHeal.Hosts;

/// <summary>A file on a host, as it was when it was read or written.</summary>
public sealed record HostFile
{
    /// <summary>The path on the host.</summary>
    public required string Path { get; init; }

    /// <summary>The size in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The SHA-256 of the content, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its mode and owner.</summary>
    public required HostFileAccess Access { get; init; }
}
