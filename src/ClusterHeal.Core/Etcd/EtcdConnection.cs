using System.Net;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd;

/// <summary>Everything that is needed to talk to an etcd cluster: where it is, who is trusted, who asks, and how long to wait.</summary>
public sealed record EtcdConnection
{
    /// <summary>The members' client endpoints. Which of them a call goes to is the caller's choice, never a hidden one.</summary>
    public required IReadOnlyList<EtcdEndpoint> Endpoints { get; init; }

    /// <summary>Authorities and client certificate; null for plain text, or to trust what the system trusts.</summary>
    public TlsMaterial? Tls { get; init; }

    /// <summary>How <see cref="Tls"/> and the dialer came about, or null.</summary>
    public EtcdAccess? Access { get; init; }

    /// <summary>
    /// True if nobody named the cluster for this call, and it is the one that the session is connected to: what is only looked up there by the
    /// way, and cannot be seen, is no fault.
    /// </summary>
    public bool IsOfSession { get; init; }

    /// <summary>True only where the user spelled out that the servers' identity does not matter.</summary>
    public bool Insecure { get; init; }

    /// <summary>User and password where the cluster has authentication on, else null.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>How members are reached; null for TCP.</summary>
    public StreamDialer? Dialer { get; init; }

    /// <summary>How long a connection may take to open, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock by which certificates expire.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A client of one member. Without a scheme it is TLS where anything about TLS is given, as with etcdctl.</summary>
    /// <param name="endpoint">The member; need not be one of <see cref="Endpoints"/>.</param>
    internal EtcdClient Open(EtcdEndpoint endpoint) => new(endpoint.WithScheme(Tls is not null || Insecure), this);

    /// <summary>The endpoints; nothing of the credential or the keys.</summary>
    public override string ToString() => string.Join(',', Endpoints);
}
