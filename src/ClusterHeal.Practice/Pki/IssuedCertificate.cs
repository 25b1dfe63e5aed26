using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Pki;

/// <summary>A certificate and a key, which belong together unless a test joined strangers.</summary>
/// <param name="CertificatePem">The certificate as PEM.</param>
/// <param name="KeyPem">The key as PEM (PKCS#8).</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem)
{
    /// <summary>Writes <c>NAME.crt</c> and <c>NAME.key</c>, the key readable by its owner only.</summary>
    /// <returns>The two paths.</returns>
    public (string CertFile, string KeyFile) WriteTo(string folder, string name)
    {
        var certFile = Path.Combine(folder, $"{name}.crt");
        var keyFile = Path.Combine(folder, $"{name}.key");
        File.WriteAllText(certFile, CertificatePem);
        UnixFile.Write(keyFile, KeyPem, UnixFile.Private);
        return (certFile, keyFile);
    }

    /// <summary>Says what it is without its contents.</summary>
    public override string ToString() => "a certificate and its key";
}
