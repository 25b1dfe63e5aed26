using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd;

/// <summary>Connections to the etcd of a test.</summary>
internal static class TestConnection
{
    /// <summary>A connection to all members, with the client's certificate where the etcd speaks TLS.</summary>
    public static async Task<EtcdConnection> ToAsync(LocalEtcd etcd, CancellationToken cancellationToken) => new()
    {
        Endpoints = EtcdEndpoint.ParseMany(etcd.Endpoints),
        Tls = etcd.Options.Tls ? await TlsMaterial.ReadAsync(etcd.CaFile, etcd.CertFile, etcd.KeyFile, cancellationToken) : null,
    };

    /// <summary>As through a host, where all members advertise the loopback: whatever is dialled, the first member answers.</summary>
    public static EtcdConnection ToFirstWhatever(LocalEtcd etcd)
    {
        var first = EtcdEndpoint.Parse(etcd.Endpoint);
        return new EtcdConnection
        {
            Endpoints = [first],
            Dialer = (_, _, cancellationToken) => SocketDialer.DialTcpAsync(first.Host, first.Port, cancellationToken),
        };
    }

    /// <summary>A client of the first member.</summary>
    public static EtcdClient OpenFirst(this EtcdConnection connection) => connection.Open(connection.Endpoints[0]);
}
