namespace ClusterHeal.Operations;

/// <summary>A certificate, and when it expires.</summary>
/// <param name="Target">Where it was seen.</param>
/// <param name="Use">What it is for.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="Renewal">How to renew it.</param>
internal sealed record CertificateFacts(string Target, string Use, DateTimeOffset NotAfter, string Renewal)
{
    /// <summary>True for one that Update-ControlPlaneCertificate renews: not a kubelet's, an authority's, or one that was given to this machine.</summary>
    public bool IsOfControlPlane { get; init; }
}

/// <summary>A certificate that is there, or should be, but could not be seen.</summary>
/// <param name="Target">Where it was looked for.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Obstacle">Why it could not be seen.</param>
internal sealed record UnseenCertificate(string Target, string Use, string Obstacle);

/// <summary>The certificates that were found, and those that could not be seen.</summary>
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
