using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Operations.Certificates;

/// <summary>The new texts of a certificate's files.</summary>
internal sealed record RenewedFile
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>The old certificate.</summary>
    public required HostCertificate Former { get; init; }

    /// <summary>The authority that signed it and the new one.</summary>
    public required string Issuer { get; init; }

    /// <summary>The new text of <see cref="HostCertificate.Path"/>.</summary>
    public required string Text { get; init; }

    /// <summary>The new text of <see cref="HostCertificate.KeyPath"/>; null if the key is in <see cref="Text"/>.</summary>
    public required string? KeyText { get; init; }

    /// <summary>The new certificate.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The files: the new text and the place of each.</summary>
    public IEnumerable<(string Text, string Path)> Files => KeyText is null ? [(Text, Former.Path)] : [(Text, Former.Path), (KeyText, Former.KeyPath!)];

    /// <summary>When a certificate expires that an authority signs now.</summary>
    public static DateTimeOffset EndOf(X509Certificate2 authority, DateTimeOffset now)
    {
        var end = now + Lifetime;
        return authority.NotAfter.ToUniversalTime() is var last && last < end ? last : end;
    }

    /// <summary>Signs a certificate again; null if the form of its file does not allow a new one.</summary>
    public static RenewedFile? Make(HostCertificate former, X509Certificate2 authority, DateTimeOffset now)
    {
        RenewedCertificate? renewed = null;
        RenewedCertificate Renew(X509Certificate2 certificate) => renewed = RenewedCertificate.Sign(certificate, authority, EndOf(authority, now));
        var text = former.IsKubeconfig
            ? CertificateText.ReplaceInKubeconfig(former.Text, Renew)
            : CertificateText.ReplaceInPem(former.Text, Renew(former.Certificate), withKey: former.KeyPath is null);
        return text is null ? null : new RenewedFile
        {
            Former = former,
            Issuer = authority.Subject,
            Text = text,
            KeyText = former.KeyPath is null ? null : renewed!.KeyPem,
            Certificate = X509Certificate2.CreateFromPem(renewed!.CertificatePem),
        };
    }

    /// <summary>The certificate as users see it.</summary>
    /// <param name="operationId">The renewal.</param>
    public ControlPlaneCertificate ToModel(string operationId) => new()
    {
        HostName = Former.HostName,
        Path = Former.Path,
        KeyPath = Former.KeyPath,
        Subject = Former.Certificate.Subject,
        Issuer = Issuer,
        UsedBy = [.. Former.UsedBy],
        NotAfter = Former.NotAfter,
        RenewedUntil = Certificate.NotAfter.ToUniversalTime(),
        FormerPath = $"{Former.Path}.clusterheal-{operationId}.old",
    };

    /// <summary>The place only; the texts are secrets.</summary>
    public override string ToString() => Former.ToString();
}
