using System.Text.Json.Serialization;

namespace ClusterHeal;

/// <summary>
/// How one etcd member is set up: everything that a restore needs, and the client settings that follow from it. The properties
/// that other cmdlets take (<see cref="Endpoint"/>, <see cref="CaFile"/> …) bind to them by name.
/// </summary>
public sealed record EtcdConfiguration
{
    /// <summary>Where it was read.</summary>
    public required string Path { get; init; }

    /// <summary>How it is written.</summary>
    public required EtcdConfigurationForm Form { get; init; }

    /// <summary>The member's name.</summary>
    public required string Name { get; init; }

    /// <summary>The data folder, as the host sees it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the write-ahead log if it is not inside the data folder, otherwise null.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>The URLs on which the member listens for clients.</summary>
    public required ItemCollection<string> ListenClientUrls { get; init; }

    /// <summary>The URLs that it tells clients.</summary>
    public required ItemCollection<string> AdvertiseClientUrls { get; init; }

    /// <summary>The URLs on which it listens for other members.</summary>
    public required ItemCollection<string> ListenPeerUrls { get; init; }

    /// <summary>The URLs that it tells other members.</summary>
    public required ItemCollection<string> InitialAdvertisePeerUrls { get; init; }

    /// <summary>The members as they were at the start: <c>name=url,name=url</c>.</summary>
    public required string InitialCluster { get; init; }

    /// <summary>The token of the cluster.</summary>
    public required string InitialClusterToken { get; init; }

    /// <summary><c>new</c> or <c>existing</c>.</summary>
    public required string InitialClusterState { get; init; }

    /// <summary>The certificate that it shows to clients, or null if it does not speak TLS with them.</summary>
    public string? ServerCertFile { get; init; }

    /// <summary>The key of <see cref="ServerCertFile"/>.</summary>
    public string? ServerKeyFile { get; init; }

    /// <summary>The authorities of its clients' certificates.</summary>
    public string? TrustedCaFile { get; init; }

    /// <summary>True if clients must have a certificate.</summary>
    public bool ClientCertAuth { get; init; }

    /// <summary>The certificate that it shows to other members.</summary>
    public string? PeerCertFile { get; init; }

    /// <summary>The key of <see cref="PeerCertFile"/>.</summary>
    public string? PeerKeyFile { get; init; }

    /// <summary>The authorities of the other members' certificates.</summary>
    public string? PeerTrustedCaFile { get; init; }

    /// <summary>True if other members must have a certificate.</summary>
    public bool PeerClientCertAuth { get; init; }

    /// <summary>The quota of the database in bytes, or null for etcd's own default (2 GiB).</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>The image of a static pod, otherwise null.</summary>
    public string? Image { get; init; }

    /// <summary>Where a client reaches the member: the URLs that it tells clients, otherwise those on which it listens.</summary>
    public required ItemCollection<string> Endpoint { get; init; }

    /// <summary>The authorities by which a client knows the member, or null.</summary>
    public string? CaFile { get; init; }

    /// <summary>A certificate with which a client on the member's host is let in, or null if none is needed.</summary>
    public string? CertFile { get; init; }

    /// <summary>The key of <see cref="CertFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The host on which it was read by SSH, and through which its member is reached; null for this machine.</summary>
    public string? HostName { get; init; }

    /// <summary>How that host is logged in to, or null.</summary>
    [JsonIgnore]
    public HostConnection? HostConnection { get; init; }

    /// <summary>What a reader should know: lines that count for nothing, values that contradict each other.</summary>
    public ItemCollection<string> Notes { get; init; } = [];

    /// <summary>
    /// What the files say otherwise than the etcd that runs, which is what the other properties say; empty if they agree, or if none
    /// runs. Such a member would start again as another one, so it is not restored.
    /// </summary>
    public ItemCollection<string> Difference { get; init; } = [];

    /// <summary>Name, file and endpoints.</summary>
    public override string ToString() => $"{Name} ({Path}): {string.Join(',', Endpoint)}";
}
