using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Practice.Etcd;

/// <summary>Where the programs of one release of etcd are.</summary>
/// <param name="Server">The path of <c>etcd</c>.</param>
/// <param name="Ctl">The path of <c>etcdctl</c>.</param>
/// <param name="Utl">The path of <c>etcdutl</c>, or null for 3.4, which has none: there <c>etcdctl snapshot</c> does that work.</param>
public sealed record EtcdPrograms(string Server, string Ctl, string? Utl)
{
    /// <summary>Gets a release from Debian, by the cache of peers.</summary>
    public static async Task<EtcdPrograms> GetAsync(EtcdRelease release, CancellationToken cancellationToken)
    {
        var peer = await new PeerCache().GetAsync(release == EtcdRelease.V34 ? PeerSet.Etcd34 : PeerSet.Etcd35, cancellationToken);
        return In(peer.Bin);
    }

    /// <summary>Takes the programs of a folder.</summary>
    /// <exception cref="PracticeException">There is no etcd or no etcdctl in it.</exception>
    public static EtcdPrograms In(string folder)
    {
        string server = Path.Combine(folder, "etcd"), ctl = Path.Combine(folder, "etcdctl"), utl = Path.Combine(folder, "etcdutl");
        if (File.Exists(server) && File.Exists(ctl)) return new EtcdPrograms(server, ctl, File.Exists(utl) ? utl : null);
        throw new PracticeException($"There is no etcd with its etcdctl in '{folder}'.");
    }
}
