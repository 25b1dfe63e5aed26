using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Operations.Certificates;

/// <summary>A certificate in a file of a host.</summary>
internal sealed record HostCertificate
{
    public required string HostName { get; init; }

    /// <summary>The file, on the host.</summary>
    public required string Path { get; init; }

    /// <summary>The file of the key; null if that is in <see cref="Path"/>.</summary>
    public string? KeyPath { get; init; }

    /// <summary>True for a kubeconfig that has the certificate and the key inside.</summary>
    public bool IsKubeconfig { get; init; }

    /// <summary>True for a client certificate with which probes and people ask etcd.</summary>
    public bool IsEtcdClient { get; init; }

    /// <summary>The text of the file. It may hold a key.</summary>
    public required string Text { get; init; }

    /// <summary>The certificate. If a kubeconfig has several, the one that expires first.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The components that use it, etcd first.</summary>
    public required IReadOnlyList<ClusterComponent> UsedBy { get; init; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset NotAfter => Certificate.NotAfter.ToUniversalTime();

    /// <summary>The place only; the text may be a secret.</summary>
    public override string ToString() => $"{HostName}:{Path} ({Certificate.Subject})";
}
