namespace ClusterHeal.Hosts;

/// <summary>What the known_hosts files say about a key that a host showed.</summary>
/// <param name="Trust">Whether it may be trusted.</param>
/// <param name="Where">The file and line that decided, such as <c>/home/admin/.ssh/known_hosts:12</c>; empty if none did.</param>
/// <param name="HasAuthority">True if a line says that an authority signs this host's keys. Such lines are not supported here.</param>
internal readonly record struct HostKeyVerdict(HostKeyTrust Trust, string Where = "", bool HasAuthority = false);

/// <summary>Whether a host's key may be trusted.</summary>
internal enum HostKeyTrust
{
    /// <summary>No line has a key of this kind for this host.</summary>
    Unknown,

    /// <summary>The files have it.</summary>
    Known,

    /// <summary>The files have another key of this kind for this host.</summary>
    Changed,

    /// <summary>The files say that the key is revoked.</summary>
    Revoked,
}
