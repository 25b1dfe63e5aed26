namespace ClusterHeal.Hosts;

/// <summary>What a line of a known_hosts file says of its key.</summary>
internal enum KnownHostsMarker
{
    /// <summary>The host has it.</summary>
    None,

    /// <summary>Nobody may be trusted with it any more.</summary>
    Revoked,

    /// <summary>It signs the keys of hosts.</summary>
    CertificateAuthority,
}
