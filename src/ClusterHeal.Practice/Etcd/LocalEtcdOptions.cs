namespace ClusterHeal.Practice.Etcd;

/// <summary>What kind of etcd to start on loopback.</summary>
public sealed record LocalEtcdOptions
{
    /// <summary>The release that is fetched if <see cref="BinFolder"/> names none.</summary>
    public EtcdRelease Release { get; init; } = EtcdRelease.V35;

    /// <summary>A folder with etcd, etcdctl and perhaps etcdutl to use instead of a release.</summary>
    public string? BinFolder { get; init; }

    /// <summary>How many members: 1, 3 or 5.</summary>
    public int Members { get; init; } = 1;

    /// <summary>
    /// The names of the members are this with a number from 1: <c>m1</c>, <c>m2</c> …
    /// A data folder that was restored for a member has to fit its name.
    /// </summary>
    public string NamePrefix { get; init; } = "m";

    /// <summary>Clients and members speak TLS, with certificates of an authority made for it.</summary>
    public bool Tls { get; init; }

    /// <summary>With TLS, clients need a certificate of the authority.</summary>
    public bool ClientCertAuth { get; init; } = true;

    /// <summary>
    /// The folder that gets one data folder per member, named like the member (<c>m1</c>). It is not removed in the end. Null for a
    /// temporary one.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>More flags for each member, last on its command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Writes reach the disk before they are answered. Off by default for speed, if the release allows that.</summary>
    public bool Fsync { get; init; }

    /// <summary>How long a member may take until it answers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(3);
}
