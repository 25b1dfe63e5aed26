using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Common;

/// <summary>Says in words why a server's certificate is not trusted.</summary>
internal static class ServerCertificateVerdict
{
    /// <summary>Null if the certificate is good, otherwise the error.</summary>
    /// <param name="certificate">What the server showed.</param>
    /// <param name="chain">The chain that was built for it.</param>
    /// <param name="errors">What the framework found in the chain; what it says about the name is not used.</param>
    /// <param name="tls">The authorities that are trusted.</param>
    /// <param name="host">The name that the connection was opened to.</param>
    /// <param name="target">The address in the words of the user.</param>
    /// <param name="now">The time at which the certificate must be valid.</param>
    public static ConnectionException? Judge(
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        TlsMaterial? tls,
        string host,
        string target,
        DateTimeOffset now)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return Fault(ErrorIds.TlsFailed, $"{target} showed no certificate.", target, "Check that it is the right port.");
        }

        var isChainFaulty = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || HasFault(chain);
        if ((isChainFaulty || errors != SslPolicyErrors.None) && (now < shown.NotBefore || now > shown.NotAfter))
        {
            var (word, date) = now > shown.NotAfter ? ("expired on", shown.NotAfter) : ("is not valid before", shown.NotBefore);
            var when = date.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return Fault(
                ErrorIds.CertificateExpired,
                $"The certificate of {target} ({shown.Subject}) {word} {when}.",
                target,
                "Renew it on the server (a control plane: Update-ControlPlaneCertificate), or correct the clock of this machine.");
        }

        if (isChainFaulty && !EndsInTrusted(chain, tls))
        {
            var trusted = tls?.AuthoritiesSource is { } source ? $"the authorities in '{source}'" : "the authorities of this machine";
            var status = chain?.ChainStatus.FirstOrDefault(s => s.Status != X509ChainStatusFlags.NoError).StatusInformation;
            return Fault(
                ErrorIds.CertificateUntrusted,
                $"The certificate of {target} ({shown.Subject}, issued by {shown.Issuer}) is not trusted by {trusted}: {status?.Trim()}.",
                target,
                "Name the cluster's own CA with -CaFile (kubeadm: /etc/kubernetes/pki/etcd/ca.crt).");
        }

        if (IsFor(shown, host)) return null;
        return Fault(
            ErrorIds.CertificateNameMismatch,
            $"The certificate of {target} is not for '{host}'. It is for {Names(shown)}.",
            target,
            "Use one of these names as the endpoint, or give the server a certificate that has this one.");
    }

    /// <summary>The faults in the chain count, too, not only whether the system found it valid: Wine calls a chain valid whose end is not trusted.</summary>
    private static bool HasFault(X509Chain? chain) => chain?.ChainStatus.Any(s => s.Status != X509ChainStatusFlags.NoError) == true;

    /// <summary>
    /// Read from the certificate, because the framework's findings about names differ between systems. As in Go's clients, a common name does not count.
    /// </summary>
    private static bool IsFor(X509Certificate2 certificate, string host) =>
        Uri.CheckHostName(host) != UriHostNameType.Unknown && certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false);

    /// <summary>
    /// A CA file may hold only the issuing intermediate, or the server's own certificate. Go's clients trust whatever is in it, so administrators use
    /// such files. The framework built the chain and found no fault except that the issuer of its top is not here.
    /// </summary>
    private static bool EndsInTrusted(X509Chain? chain, TlsMaterial? tls)
    {
        if (chain is null || tls?.Authorities is not { } authorities) return false;
        return chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NoError)
            && chain.ChainElements.Count > 0
            && authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions
            .OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .ToArray();
        return names.Length > 0 ? string.Join(", ", names) : $"{certificate.Subject}, without any subject alternative name";
    }

    private static ConnectionException Fault(string id, string message, string target, string remedy) =>
        new(id, FaultCategory.Security, message, target, remedy);
}
