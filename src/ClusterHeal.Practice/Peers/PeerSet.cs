namespace ClusterHeal.Practice.Peers;

/// <summary>Programs of other projects that the practice environment and the tests run, as Debian packages.</summary>
/// <param name="Name">The name of the folder in the cache.</param>
/// <param name="Suite">
/// The Debian release that has them in the version wanted, or null for the machine's own: then everything that they depend on and the
/// machine lacks comes along.
/// </param>
/// <param name="Packages">The packages by name.</param>
public sealed record PeerSet(string Name, string? Suite, params string[] Packages)
{
    /// <summary>etcd and etcdctl 3.4.</summary>
    public static PeerSet Etcd34 { get; } = new("etcd-3.4", "bookworm", "etcd-server", "etcd-client");

    /// <summary>etcd, etcdctl and etcdutl 3.5.</summary>
    public static PeerSet Etcd35 { get; } = new("etcd-3.5", "trixie", "etcd-server", "etcd-client");

    /// <summary>kubectl 1.32.</summary>
    public static PeerSet Kubectl { get; } = new("kubectl", "trixie", "kubectl");

    /// <summary>What makes the machine's own root a practice host: an SSH server, sudo, systemd, and systemd-nspawn to boot it.</summary>
    public static PeerSet HostParts { get; } = new(
        "host-parts", null, "openssh-server", "openssh-sftp-server", "openssh-client", "sudo", "systemd", "systemd-sysv",
        "systemd-container", "libpam-systemd", "dbus", "iproute2", "util-linux");

    /// <summary>Wine 10, which runs the programs of Windows, with a whole Debian below it. In older ones pwsh ends with a stack overflow.</summary>
    public static PeerSet Wine { get; } = new("wine-10", "trixie", "wine64") { WithDependencies = true };

    /// <summary>With everything that they depend on, as for a machine without any package.</summary>
    public bool WithDependencies { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
