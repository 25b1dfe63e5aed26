using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Practice.Pki;

/// <summary>A certificate authority for a practice cluster: elliptic curve P-256, its key in memory.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Its certificate.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Its key as PEM.</summary>
    public string KeyPem
    {
        get
        {
            using var key = _certificate.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Makes an authority that is valid from a year ago until ten years from now.</summary>
    /// <param name="name">Its common name.</param>
    public static CertificateAuthority Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now.AddDays(-365), now.AddDays(3650)));
    }

    /// <summary>
    /// Issues a certificate with a new key. It may be used by servers and clients alike: etcd uses its server certificate as a client too.
    /// </summary>
    /// <param name="name">The common name; the user name if etcd authenticates by certificate.</param>
    /// <param name="hosts">DNS names and IP addresses that it is valid for.</param>
    /// <param name="organization">Its organization, which is the group for Kubernetes; or null.</param>
    /// <param name="notBefore">From when it is valid; an hour ago if not given, or 30 days before its end if that has passed. Not more than a year ago.</param>
    /// <param name="notAfter">Until when it is valid; a year if not given.</param>
    public IssuedCertificate Issue(
        string name,
        IEnumerable<string> hosts,
        string? organization = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        if (organization is not null) subject.AddOrganizationName(organization);
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        string[] alternatives = [.. hosts];
        if (alternatives.Length > 0) request.CertificateExtensions.Add(AlternativeNames(alternatives));

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(
            _certificate, notBefore ?? (notAfter < now ? notAfter.Value.AddDays(-30) : now.AddHours(-1)), notAfter ?? now.AddDays(365), RandomNumberGenerator.GetBytes(16));
        return new IssuedCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Removes the key from memory.</summary>
    public void Dispose() => _certificate.Dispose();

    private static X509Extension AlternativeNames(string[] hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }
        return names.Build();
    }
}
