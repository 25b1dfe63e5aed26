using System.Net;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd;

/// <summary>Everything that is needed to talk to an etcd cluster: where it is, who is trusted, who asks, and how long to wait.</summary>
public sealed record EtcdConnection
{
    /// <summary>The members' client endpoints. The caller chooses to which of them a call goes.</summary>
    public required IReadOnlyList<EtcdEndpoint> Endpoints { get; init; }

    /// <summary>Authorities and client certificate; null for plain text, or to trust what the system trusts.</summary>
    public TlsMaterial? Tls { get; init; }

    /// <summary>How <see cref="Tls"/> and the dialer were made, or null.</summary>
    public EtcdAccess? Access { get; init; }

    /// <summary>
    /// True if nobody named the cluster for this call, so that it is the one to which the session is connected. What a cmdlet looks up there in
    /// passing may be out of reach; that is no failure.
    /// </summary>
    public bool IsOfSession { get; init; }

    /// <summary>True only if the user asked for it explicitly: then the servers' identity does not matter.</summary>
    public bool Insecure { get; init; }

    /// <summary>User and password if the cluster has authentication on, otherwise null.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>How members are reached; null for TCP.</summary>
    public StreamDialer? Dialer { get; init; }

    /// <summary>How long a connection may take to open, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock by which certificates expire.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A client of one member. As with etcdctl, an endpoint without a scheme uses TLS if anything about TLS is given.</summary>
    /// <param name="endpoint">The member; does not have to be one of <see cref="Endpoints"/>.</param>
    internal EtcdClient Open(EtcdEndpoint endpoint) => new(endpoint.WithScheme(Tls is not null || Insecure), this);

    /// <summary>The endpoints; not the credential, nor the keys.</summary>
    public override string ToString() => string.Join(',', Endpoints);
}
