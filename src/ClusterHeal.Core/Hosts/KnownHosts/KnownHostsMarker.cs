namespace ClusterHeal.Hosts;

/// <summary>What a line of a known_hosts file says about its key.</summary>
internal enum KnownHostsMarker
{
    /// <summary>It is the host's key.</summary>
    None,

    /// <summary>The key is revoked: no host that shows it may be trusted.</summary>
    Revoked,

    /// <summary>It is an authority's key, which signs the keys of hosts.</summary>
    CertificateAuthority,
}
