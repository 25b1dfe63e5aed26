using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Operations.Certificates;

/// <summary>A certificate that was signed again, with its new key.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">The key.</param>
internal sealed record RenewedCertificate(string CertificatePem, string KeyPem)
{
    /// <summary>
    /// Signs a certificate again as kubeadm does: the same subject, names, usages and type of key; a new key; valid from the start of its authority,
    /// so that a clock that is a little behind makes no difference, and for a year, or as long as the authority.
    /// </summary>
    /// <param name="former">The certificate.</param>
    /// <param name="authority">The authority, with its key.</param>
    /// <param name="notAfter">When the new certificate ends.</param>
    public static RenewedCertificate Sign(X509Certificate2 former, X509Certificate2 authority, DateTimeOffset notAfter)
    {
        using var key = NewKey(former);
        var hash = HashOf(authority);
        var request = key is RSA rsa
            ? new CertificateRequest(former.SubjectName, rsa, hash, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(former.SubjectName, (ECDsa)key, hash);
        foreach (var extension in former.Extensions) Add(request, extension, authority);
        using var signer = (AsymmetricAlgorithm?)authority.GetRSAPrivateKey() ?? authority.GetECDsaPrivateKey()!;
        var generator = signer is RSA signing
            ? X509SignatureGenerator.CreateForRSA(signing, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)signer);
        var serial = RandomNumberGenerator.GetBytes(16);
        // A serial number is positive, and does not begin with zero.
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        using var certificate = request.Create(authority.SubjectName, generator, authority.NotBefore.ToUniversalTime(), notAfter, serial);
        return new RenewedCertificate(certificate.ExportCertificatePem() + "\n", KeyPemOf(key) + "\n");
    }

    /// <summary>Why no key of this certificate's type can be made here; null if one can.</summary>
    public static string? WhyNoKey(X509Certificate2 certificate)
    {
        using var key = PublicKeyOf(certificate);
        return key is null ? $"its key is of the kind {certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value}, which .NET cannot make" : null;
    }

    /// <summary>A text without the contents, which are secret.</summary>
    public override string ToString() => "a certificate and its key";

    private static AsymmetricAlgorithm NewKey(X509Certificate2 former)
    {
        using var key = PublicKeyOf(former);
        return key is RSA rsa ? RSA.Create(rsa.KeySize) : ECDsa.Create(((ECDsa)key!).ExportParameters(includePrivateParameters: false).Curve);
    }

    private static AsymmetricAlgorithm? PublicKeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();

    // In the form in which kubeadm writes it.
    private static string KeyPemOf(AsymmetricAlgorithm key) => key is RSA rsa ? rsa.ExportRSAPrivateKeyPem() : ((ECDsa)key).ExportECPrivateKeyPem();

    private static HashAlgorithmName HashOf(X509Certificate2 authority)
    {
        using var key = authority.GetECDsaPublicKey();
        return key?.KeySize switch { null or <= 256 => HashAlgorithmName.SHA256, <= 384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
    }

    // The identifiers of the key and of the authority are new; the rest stays.
    private static void Add(CertificateRequest request, X509Extension extension, X509Certificate2 authority)
    {
        switch (extension.Oid?.Value)
        {
            case "2.5.29.14":
                request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, extension.Critical));
                break;
            case "2.5.29.35":
                if (authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier)
                    request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
                break;
            default:
                request.CertificateExtensions.Add(extension);
                break;
        }
    }
}
