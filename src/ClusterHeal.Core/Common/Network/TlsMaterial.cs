using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Common;

/// <summary>
/// What a client brings to TLS, in memory: the authorities that it trusts, and the certificate and key with which it proves who it is. It is read and
/// checked once, so that a wrong file is not mistaken for a refusal by the server.
/// </summary>
public sealed class TlsMaterial : IDisposable
{
    private readonly X509Certificate2? _certificate;

    /// <summary>Reads the PEM texts.</summary>
    /// <param name="authorities">One or more CA certificates, or null to trust what the system trusts.</param>
    /// <param name="certificate">The client certificate, followed by intermediates, or null.</param>
    /// <param name="key">Its private key, unencrypted, or null if it is in <paramref name="certificate"/>.</param>
    /// <exception cref="ClusterHealException">A text is not what it should be, or the key belongs to another certificate.</exception>
    public TlsMaterial(PemText? authorities, PemText? certificate = null, PemText? key = null)
    {
        AuthoritiesSource = authorities?.Source;
        CertificateSource = certificate?.Source;
        if (authorities is not null) Authorities = ReadCertificates(authorities);
        if (certificate is null && key is null) return;
        if (certificate is null) throw Invalid(key!.Source, "is a key without its certificate", "Give the certificate with -CertFile.");

        var chain = ReadCertificates(certificate);
        _certificate = WithKey(chain[0], certificate, key ?? certificate);
        chain.RemoveAt(0);
        ClientCertificate = SslStreamCertificateContext.Create(_certificate, chain, offline: true);
    }

    /// <summary>The certificates that are trusted, instead of the system's; null for the system's.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <summary>Where <see cref="Authorities"/> came from, for messages.</summary>
    public string? AuthoritiesSource { get; }

    /// <summary>The client certificate with its key and intermediates, or null.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; }

    /// <summary>Where the client certificate came from, for messages.</summary>
    public string? CertificateSource { get; }

    /// <summary>The last moment at which the client certificate is valid, or null without one.</summary>
    public DateTimeOffset? ClientCertificateNotAfter => _certificate?.NotAfter;

    /// <summary>Reads the material from files on this machine.</summary>
    /// <param name="caFile">The CA file, or null.</param>
    /// <param name="certFile">The client certificate's file, or null.</param>
    /// <param name="keyFile">The key's file, or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">A file cannot be read, or is not what it should be.</exception>
    public static async Task<TlsMaterial> ReadAsync(string? caFile, string? certFile, string? keyFile, CancellationToken cancellationToken)
    {
        var authorities = await ReadFileAsync(caFile, cancellationToken).ConfigureAwait(false);
        var certificate = await ReadFileAsync(certFile, cancellationToken).ConfigureAwait(false);
        var key = await ReadFileAsync(keyFile, cancellationToken).ConfigureAwait(false);
        return new TlsMaterial(authorities, certificate, key);
    }

    /// <summary>Reads the material from files on this machine, if any is named.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    /// <returns>Null if no file is named. An empty name counts as none: PowerShell binds a property without a value so.</returns>
    public static async Task<TlsMaterial?> ReadIfNamedAsync(
        string? caFile, string? certFile, string? keyFile, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(caFile + certFile + keyFile)
            ? null
            : await ReadAsync(caFile, certFile, keyFile, cancellationToken).ConfigureAwait(false);

    /// <summary>Frees the client certificate and its key.</summary>
    public void Dispose() => _certificate?.Dispose();

    private static async Task<PemText?> ReadFileAsync(string? path, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(path)) return null;
        try
        {
            return new PemText(path, await TextFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw FileFault.From(e, path, "read");
        }
    }

    private static X509Certificate2Collection ReadCertificates(PemText pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem.Text);
        }
        catch (CryptographicException e)
        {
            throw Invalid(pem.Source, "holds a certificate that cannot be read", "Look at it with 'openssl x509 -in … -text'.", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw Invalid(pem.Source, "holds no PEM certificate", "Name the file that has a line -----BEGIN CERTIFICATE-----.");
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, PemText certificatePem, PemText keyPem)
    {
        try
        {
            using var joined = PrivateKeyPem.Join(certificate, certificatePem, keyPem);
            // SChannel refuses a key that is in memory only. So on Windows the certificate is exported and imported again; elsewhere this costs
            // nothing. The result has its key in a file of the user's key store, encrypted for the user; it is deleted with the certificate.
            return new X509Certificate2(joined.Export(X509ContentType.Pkcs12));
        }
        catch (CryptographicException e)
        {
            throw new ClusterHealException(
                ErrorIds.KeyStoreFailed,
                FaultCategory.Security,
                $"This machine's cryptography and its key store did not take the private key '{keyPem.Source}': {e.Message.TrimEnd('.')}.",
                keyPem.Source,
                "Check that this account has a profile and may write to its key store, or use another account.",
                e);
        }
    }

    private static ClusterHealException Invalid(string source, string what, string remedy, Exception? inner = null) =>
        new(ErrorIds.CertificateFileInvalid, FaultCategory.InvalidData, $"'{source}' {what}.", source, remedy, inner);
}
