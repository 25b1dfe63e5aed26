namespace ClusterHeal;

/// <summary>A certificate of a control-plane host that runs out, and what a renewal makes of it.</summary>
public sealed record ControlPlaneCertificate
{
    /// <summary>The host.</summary>
    public required string HostName { get; init; }

    /// <summary>The file of the certificate, or the kubeconfig that has it inside.</summary>
    public required string Path { get; init; }

    /// <summary>The file of its key; null if that is in <see cref="Path"/>.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Whose certificate it is: <c>CN=kube-apiserver</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The authority that signs it: <c>CN=kubernetes</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>The components that use it; none for a kubeconfig that people use.</summary>
    public required ItemCollection<ClusterComponent> UsedBy { get; init; }

    /// <summary>When the former certificate ends.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When the new certificate ends.</summary>
    public required DateTimeOffset RenewedUntil { get; init; }

    /// <summary>Where the former file lies after the renewal.</summary>
    public required string FormerPath { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{HostName}:{Path} ({Subject}), until {NotAfter:u}";
}
