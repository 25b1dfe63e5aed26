using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Common;

/// <summary>Reads the private key of a certificate and tells apart what can be wrong with it.</summary>
internal static class PrivateKeyPem
{
    private const string NotUsable = "Make a certificate with an RSA or an ECDSA key; both work everywhere.";

    /// <summary>The certificate with its key.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="certificatePem">Where the certificate came from.</param>
    /// <param name="keyPem">The key. Other PEM blocks around it do no harm. Of several keys the first counts.</param>
    /// <exception cref="ClusterHealException">There is no key, it cannot be read or used, or it belongs to another certificate.</exception>
    /// <exception cref="CryptographicException">The system did not take the key, which may still be valid.</exception>
    public static X509Certificate2 Join(X509Certificate2 certificate, PemText certificatePem, PemText keyPem)
    {
        var text = FindKey(keyPem);
        using var key = Read(keyPem.Source, text, certificate);
        using var publicKey = (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();
        if (publicKey is null) throw Invalid(certificatePem.Source, $"has a public key of the kind {NameOf(certificate)}, which .NET cannot use for TLS", NotUsable);
        if (!publicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            throw new ClusterHealException(
                ErrorIds.KeyMismatch,
                FaultCategory.InvalidArgument,
                $"The private key '{keyPem.Source}' does not belong to the certificate '{certificatePem.Source}' ({certificate.Subject}).",
                keyPem.Source,
                "Name the key that the certificate was made with; both usually lie in one folder under one name.");
        }

        return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }

    private static string FindKey(PemText pem)
    {
        var rest = pem.Text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label];
            var block = rest[fields.Location];
            if (label is "ENCRYPTED PRIVATE KEY" || (label.EndsWith("PRIVATE KEY") && block.Contains("Proc-Type:", StringComparison.Ordinal))) throw Encrypted(pem);
            if (label is "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY") return block.ToString();
            rest = rest[fields.Location.End..];
        }

        // Blocks with headers, as encrypted keys of the old form have them, are no PEM for the framework.
        if (pem.Text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)) throw Encrypted(pem);
        if (pem.Text.Contains("-----BEGIN OPENSSH PRIVATE KEY", StringComparison.Ordinal))
        {
            throw Invalid(pem.Source, "is a key in the form of OpenSSH, not of TLS", "Convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY.");
        }

        var what = pem.Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? "holds a private key whose PEM is damaged" : "holds no PEM private key";
        throw Invalid(pem.Source, what, "Give the file with -----BEGIN … PRIVATE KEY----- as -KeyFile.");
    }

    private static AsymmetricAlgorithm Read(string source, string text, X509Certificate2 certificate)
    {
        CryptographicException? fault = null;
        foreach (var key in new AsymmetricAlgorithm[] { RSA.Create(), ECDsa.Create() })
        {
            try
            {
                key.ImportFromPem(text);
                return key;
            }
            catch (Exception e) when ((e is CryptographicException && !IsOfWindows(e)) || e is ArgumentException)
            {
                // It is a key of the other kind, or one that the framework does not know.
                key.Dispose();
                fault ??= e as CryptographicException;
            }
        }

        var isEdwards = certificate.PublicKey.Oid.Value is "1.3.101.112" or "1.3.101.113";
        throw isEdwards
            ? Invalid(source, $"is a key of the kind {NameOf(certificate)}, which .NET cannot use for TLS", NotUsable)
            : Invalid(source, $"holds a private key that is neither an RSA nor an ECDSA key that can be read: {fault?.Message.TrimEnd('.')}", "Look at it with 'openssl pkey -in … -noout -text'.", fault);
    }

    /// <summary>The framework has read the key, and Windows refused it: the codes of its cryptography errors are 0x8009....</summary>
    private static bool IsOfWindows(Exception e) => (e.HResult >> 16 & 0xFFFF) == 0x8009;

    private static string NameOf(X509Certificate2 certificate) => certificate.PublicKey.Oid.Value switch
    {
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        _ => certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown",
    };

    private static ClusterHealException Encrypted(PemText pem) =>
        Invalid(pem.Source, "is an encrypted key, for which there is no password here", "Use the unencrypted key that etcd itself uses, or decrypt a copy: openssl pkey -in … -out ….");

    private static ClusterHealException Invalid(string source, string what, string remedy, Exception? inner = null) =>
        new(ErrorIds.CertificateFileInvalid, FaultCategory.InvalidData, $"'{source}' {what}.", source, remedy, inner);
}
