using System.Net;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>How an API server runs; named as the flags of the real one.</summary>
internal sealed record ApiServerOptions
{
    public required IPAddress BindAddress { get; init; }

    public required int SecurePort { get; init; }

    public required string TlsCertFile { get; init; }

    public required string TlsKeyFile { get; init; }

    public required string ClientCaFile { get; init; }

    public string? TokenAuthFile { get; init; }

    /// <summary>The file that gets a line for every request, or null.</summary>
    public string? AuditLogPath { get; init; }

    public required string[] EtcdServers { get; init; }

    public string? EtcdCaFile { get; init; }

    public string? EtcdCertFile { get; init; }

    public string? EtcdKeyFile { get; init; }

    /// <summary>How long a read may wait for etcd before its connection is cut.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary>How long a write may wait for etcd before it is refused; the real server's is fixed.</summary>
    public TimeSpan WriteTimeout { get; init; }

    public TimeSpan EtcdHealthTimeout { get; init; }

    public TimeSpan EtcdCompactionInterval { get; init; }

    public TimeSpan BookmarkInterval { get; init; }

    public int NotReadyTolerationSeconds { get; init; }

    public int UnreachableTolerationSeconds { get; init; }

    public required IPNetwork ServiceRange { get; init; }

    public required (int First, int Last) NodePorts { get; init; }

    public static ApiServerOptions Read(Flags flags)
    {
        var ports = (flags.Text("service-node-port-range") ?? "30000-32767").Split('-');
        return new ApiServerOptions
        {
            BindAddress = IPAddress.Parse(flags.Text("bind-address") ?? "0.0.0.0"),
            SecurePort = flags.Number("secure-port", 6443),
            TlsCertFile = flags.Required("tls-cert-file"),
            TlsKeyFile = flags.Required("tls-private-key-file"),
            ClientCaFile = flags.Required("client-ca-file"),
            TokenAuthFile = flags.Text("token-auth-file"),
            AuditLogPath = flags.Text("audit-log-path"),
            EtcdServers = flags.Required("etcd-servers").Split(','),
            EtcdCaFile = flags.Text("etcd-cafile"),
            EtcdCertFile = flags.Text("etcd-certfile"),
            EtcdKeyFile = flags.Text("etcd-keyfile"),
            RequestTimeout = flags.Duration("request-timeout", TimeSpan.FromSeconds(60)),
            WriteTimeout = flags.Duration("practice-write-timeout", TimeSpan.FromSeconds(34)),
            EtcdHealthTimeout = flags.Duration("etcd-healthcheck-timeout", TimeSpan.FromSeconds(2)),
            EtcdCompactionInterval = flags.Duration("etcd-compaction-interval", TimeSpan.FromMinutes(5)),
            BookmarkInterval = flags.Duration("practice-bookmark-interval", TimeSpan.FromSeconds(60)),
            NotReadyTolerationSeconds = flags.Number("default-not-ready-toleration-seconds", 300),
            UnreachableTolerationSeconds = flags.Number("default-unreachable-toleration-seconds", 300),
            ServiceRange = IPNetwork.Parse(flags.Text("service-cluster-ip-range") ?? "10.96.0.0/16"),
            NodePorts = (int.Parse(ports[0], null), int.Parse(ports[1], null)),
        };
    }
}
