namespace ClusterHeal.Operations;

/// <summary>A certificate, and when it ends.</summary>
/// <param name="Target">Where it was seen.</param>
/// <param name="Use">What it is for.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="Renewal">How to renew it.</param>
internal sealed record CertificateFacts(string Target, string Use, DateTimeOffset NotAfter, string Renewal)
{
    /// <summary>True for one that Update-ControlPlaneCertificate renews: neither a kubelet's nor an authority's, nor one that was given to this machine.</summary>
    public bool IsOfControlPlane { get; init; }
}

/// <summary>A certificate that is there, or has to be, and could not be seen.</summary>
/// <param name="Target">Where it was looked for.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Obstacle">Why it could not be seen.</param>
internal sealed record UnseenCertificate(string Target, string Use, string Obstacle);

/// <summary>What a look at some certificates brought.</summary>
/// <param name="Seen">Those that were seen.</param>
/// <param name="Unseen">Those that were not.</param>
internal sealed record CertificateSightings(IReadOnlyList<CertificateFacts> Seen, IReadOnlyList<UnseenCertificate> Unseen)
{
    public static CertificateSightings None { get; } = new([], []);

    public static CertificateSightings Join(IEnumerable<CertificateSightings?> parts)
    {
        var all = parts.OfType<CertificateSightings>().ToList();
        return new([.. all.SelectMany(p => p.Seen)], [.. all.SelectMany(p => p.Unseen).Distinct()]);
    }
}
