using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>Checks the endpoint of a dead member as far as possible without it: would TLS succeed with the files of both on the host?</summary>
internal static class DeadMemberEndpoint
{
    /// <summary>What is wrong with the endpoint, or null.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="configuration">How the member is set up.</param>
    /// <param name="endpoint">One of <see cref="MemberEndpoints.ToHealth"/>.</param>
    /// <param name="time">The clock by which certificates expire.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<string?> FindFaultAsync(
        IHostShell shell, EtcdConfiguration configuration, string endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        if (endpoint.Split('\t') is not [var url, var ca, var certificate, var key] || !url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) return null;
        if (ca.Length == 0) return $"{url}: the settings name no CA (trusted-ca-file) by which its certificate could be known";
        try
        {
            using var tls = new TlsMaterial(
                await ReadAsync(shell, ca, cancellationToken).ConfigureAwait(false),
                certificate.Length == 0 ? null : await ReadAsync(shell, certificate, cancellationToken).ConfigureAwait(false),
                key.Length == 0 ? null : await ReadAsync(shell, key, cancellationToken).ConfigureAwait(false));
            if (tls.ClientCertificateNotAfter is { } end && end < time.GetUtcNow()) return $"{url}: the certificate '{certificate}' expired on {end.UtcDateTime:yyyy-MM-dd}";
            if (configuration.ServerCertFile is not { } serverFile) return $"{url}: the settings name no certificate that it could show";
            var shown = await ReadAsync(shell, serverFile, cancellationToken).ConfigureAwait(false);
            return Judge(shown, tls, new Uri(url), time)?.Message;
        }
        catch (Exception e) when (e is ClusterHealException or CryptographicException)
        {
            return $"{url}: {e.Message}";
        }
    }

    /// <summary>What is wrong with a certificate, read from a file, for a client of a URL; null if nothing.</summary>
    /// <param name="shown">The certificate.</param>
    /// <param name="tls">The authorities that the client trusts.</param>
    /// <param name="url">The URL.</param>
    /// <param name="time">The clock by which it expires.</param>
    internal static ConnectionException? Judge(PemText shown, TlsMaterial tls, Uri url, TimeProvider time)
    {
        var sent = new X509Certificate2Collection();
        sent.ImportFromPem(shown.Text);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.CustomTrustStore.AddRange(tls.Authorities!);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        var host = url.Host.Trim('[', ']');
        var errors = chain.Build(sent[0]) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        if (!sent[0].MatchesHostname(host)) errors |= SslPolicyErrors.RemoteCertificateNameMismatch;
        return ServerCertificateVerdict.Judge(sent[0], chain, errors, tls, host, shown.Source, time.GetUtcNow());
    }

    /// <summary>A file of a host.</summary>
    internal static async Task<PemText> ReadAsync(IHostShell shell, string path, CancellationToken cancellationToken) =>
        new($"{shell.HostName}:{path}", await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new HostShellException(
                ErrorIds.HostFileNotFound, FaultCategory.NotFound, $"'{path}' is not on {shell.HostName}.", shell.HostName, "Put it back first."));
}
