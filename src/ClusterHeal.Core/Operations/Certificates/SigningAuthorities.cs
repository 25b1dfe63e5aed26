using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// Finds the authority that signed a certificate, with its key, on the certificate's own host or on another one. The key is read over the shell into
/// this process's memory, and is sent nowhere.
/// </summary>
/// <param name="hosts">The hosts.</param>
internal sealed class SigningAuthorities(IReadOnlyList<RenewalHostGround> hosts) : IDisposable
{
    private readonly Dictionary<string, (X509Certificate2? Authority, string? WhyNot)> _known = [];

    /// <summary>The authority of a certificate with its key, or why there is none.</summary>
    public async Task<(X509Certificate2? Authority, string? WhyNot)> FindAsync(HostCertificate certificate, CancellationToken cancellationToken)
    {
        var places = hosts.OrderBy(host => host.Shell.HostName != certificate.HostName)
            .SelectMany(host => host.Authorities.Select(known => (host.Shell, known.Authority, known.Path, known.KeyPaths))).ToArray();
        var signer = places.FirstOrDefault(place => CertificateChain.IsSignedBy(certificate.Certificate, place.Authority)).Authority;
        if (signer is null) return (null, $"its authority '{certificate.Certificate.Issuer}' is known on none of the hosts");
        if (_known.TryGetValue(signer.Thumbprint, out var found)) return found;
        found = (null, null);
        var faults = new List<string>();
        foreach (var place in places.Where(place => place.Authority.Thumbprint == signer.Thumbprint))
        {
            foreach (var keyPath in place.KeyPaths)
            {
                if (await JoinAsync(place.Shell, signer, place.Path, keyPath, faults, cancellationToken).ConfigureAwait(false) is { } authority)
                    return _known[signer.Thumbprint] = (authority, null);
            }
        }

        var looked = string.Join(", ", places.Where(place => place.Authority.Thumbprint == signer.Thumbprint).Select(place => place.KeyPaths[0]).Distinct());
        var why = faults.Count > 0 ? string.Join(' ', faults) : $"looked for '{looked}'";
        return _known[signer.Thumbprint] = (null, $"the key of its authority '{signer.Subject}' is on none of the hosts ({why})");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (authority, _) in _known.Values) authority?.Dispose();
    }

    private static async Task<X509Certificate2?> JoinAsync(
        IHostShell shell, X509Certificate2 authority, string path, string keyPath, List<string> faults, CancellationToken cancellationToken)
    {
        if (await shell.FindTextAsync(keyPath, cancellationToken).ConfigureAwait(false) is not { } text) return null;
        try
        {
            return PrivateKeyPem.Join(authority, new PemText($"{shell.HostName}:{path}", ""), new PemText($"{shell.HostName}:{keyPath}", text));
        }
        catch (Exception e) when (e is ClusterHealException or CryptographicException)
        {
            faults.Add(e.Message);
            return null;
        }
    }
}
