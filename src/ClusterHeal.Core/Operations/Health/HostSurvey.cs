using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Certificates;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Operations;

/// <summary>Examines the control plane's components on a host by SSH, and the certificates that they use.</summary>
internal static class HostSurvey
{
    // No private key leaves the host: only certificates are printed, also from files that have both. After -- come files that may be missing. A
    // kubeconfig has its certificate inside, or names a file, relative to its own folder.
    private const string PrintCertificates = """
        show() {
          if [ -r "$1" ]; then
            printf 'file %s\n' "$1"
            sed -n -e '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' -e 's/^ *client-certificate-data: */data /p' -- "$1"
          elif [ -n "$must" ] || [ -e "$1" ]; then
            printf 'file %s\nunseen\n' "$1"
          fi
        }
        must=1
        for file in "$@"; do
          if [ "$file" = -- ]; then
            must=
            continue
          fi
          show "$file"
          [ -r "$file" ] || continue
          sed -n "s/^ *client-certificate: *[\"']\{0,1\}\([^\"']*\).*/\1/p" -- "$file" | while IFS= read -r named; do
            must=1
            case $named in /*) show "$named" ;; *) show "$(dirname -- "$file")/$named" ;; esac
          done
        done
        """;

    private const string Renewal = "Renew it (with its authority), and restart what uses it.";

    private static readonly ClusterComponent[] Components =
        [.. ComponentDefinition.ControlPlane.Skip(1), ClusterComponent.Etcd, ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime];

    private static readonly string[] CertificateFlags =
    [
        "--tls-cert-file", "--client-ca-file", "--etcd-certfile", "--kubelet-client-certificate", "--proxy-client-cert-file",
        "--requestheader-client-ca-file", "--cert-file", "--peer-cert-file", "--trusted-ca-file", "--kubeconfig",
    ];

    private static readonly string[] UsualFiles = Distributions.Of(distribution => (string[])
    [
        distribution.KubeletClientCertificate, distribution.KubeletServerCertificate, .. distribution.AdminKubeconfigs, .. distribution.SuperAdminKubeconfigs,
    ]);

    /// <summary>Examines one host. If it cannot be asked, the result has the fault.</summary>
    /// <param name="host">The host.</param>
    /// <param name="shells">Opens the connection to it.</param>
    /// <param name="certificates">Whether certificates are examined.</param>
    /// <param name="whatHeals">Whether the facts for a repair are gathered: what operations left, and the member's log.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(HostFacts Facts, CertificateSightings Certificates)> RunAsync(
        HostConnection host, HostShells shells, bool certificates, bool whatHeals, CancellationToken cancellationToken)
    {
        var shell = shells.Open(host);
        await using (shell.ConfigureAwait(false))
        {
            try
            {
                var found = await ComponentFinder.FindAsync(shell, Components, cancellationToken).ConfigureAwait(false);
                var (etcd, obstacle) = certificates || whatHeals ? await ReadEtcdAsync(shell, host, found, cancellationToken).ConfigureAwait(false) : (null, null);
                var read = certificates
                    ? await CertificatesAsync(shell, found, etcd, obstacle, cancellationToken).ConfigureAwait(false)
                    : CertificateSightings.None;
                var server = found.FirstOrDefault(c => c is { Component: ClusterComponent.ApiServer, State: ComponentState.Running });
                bool? ready = server is null
                    ? null
                    : await new ApiServerProbe(shell, server).IsReadyAsync(cancellationToken).ConfigureAwait(false);
                var components = found.Where(c => c.State != ComponentState.NotFound).ToArray();
                var facts = new HostFacts(host.HostName, components, null) { ApiServerIsReady = ready, Connection = host };
                if (!whatHeals) return (facts, read);
                return (facts with
                {
                    // A parked manifest does not show how etcd runs, and then nothing depends on it.
                    Etcd = etcd is null ? null : await EtcdOnHost.LookAsync(shell, etcd, cancellationToken).ConfigureAwait(false),
                    Operations = await HostOperations.ReadAsync(shell, cancellationToken).ConfigureAwait(false),
                }, read);
            }
            catch (ClusterHealException e)
            {
                return (new HostFacts(host.HostName, [], e), CertificateSightings.None);
            }
        }
    }

    /// <summary>How etcd is set up. If its command line does not say it, its settings may be in its environment or in a file.</summary>
    private static async Task<(EtcdConfiguration? Etcd, string? Obstacle)> ReadEtcdAsync(
        IHostShell shell, HostConnection host, IReadOnlyList<ComponentStatus> components, CancellationToken cancellationToken)
    {
        if (components.FirstOrDefault(c => c is { Component: ClusterComponent.Etcd, State: not ComponentState.NotFound }) is not { } member) return (null, null);
        try
        {
            return (await EtcdHost.ReadConfigurationAsync(shell, host, member, cancellationToken).ConfigureAwait(false), null);
        }
        catch (ClusterHealException e)
        {
            return (null, e.Message);
        }
    }

    private static async Task<CertificateSightings> CertificatesAsync(
        IHostShell shell, IReadOnlyList<ComponentStatus> components, EtcdConfiguration? etcd, string? obstacle, CancellationToken cancellationToken)
    {
        var named = components.SelectMany(c => CertificateFlags.Select(c.Flag))
            .Concat([etcd?.ServerCertFile, etcd?.TrustedCaFile, etcd?.PeerCertFile, etcd?.PeerTrustedCaFile, etcd?.CertFile]);
        var unseen = obstacle is null
            ? CertificateSightings.None
            : new CertificateSightings([], [new UnseenCertificate(shell.HostName, "files of etcd", obstacle)]);
        string[] files = [.. named.OfType<string>().Distinct(), "--", .. UsualFiles];
        var script = new HostScript(PrintCertificates, files) { Purpose = "read certificates" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        return CertificateSightings.Join([unseen, Parse(shell.HostName, result.Text)]);
    }

    /// <summary>Reads what the script printed.</summary>
    internal static CertificateSightings Parse(string hostName, string text)
    {
        var (seen, unseen) = (new List<CertificateFacts>(), new List<UnseenCertificate>());
        foreach (var part in ("\n" + text).Split("\nfile ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('\n');
            if (end < 0) continue;
            var (file, body) = (part[..end].Trim(), part[end..]);
            foreach (var line in body.Split('\n').Where(l => l.StartsWith("data ", StringComparison.Ordinal)))
                body += "\n" + System.Text.Encoding.ASCII.GetString(FromBase64(line[5..].Trim().Trim('"')));
            if (body.StartsWith("\nunseen", StringComparison.Ordinal))
                unseen.Add(new UnseenCertificate(hostName, file, "the file cannot be read"));
            else if (First(body) is var (notAfter, isAuthority))
                seen.Add(new CertificateFacts(hostName, file, notAfter, Renewal) { IsOfControlPlane = !isAuthority && !IsKubelets(file) });
            else if (body.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
                unseen.Add(new UnseenCertificate(hostName, file, "the certificate in it is damaged"));
        }

        return new CertificateSightings(seen, unseen);
    }

    private static bool IsKubelets(string file) => file.EndsWith("/kubelet.conf", StringComparison.Ordinal)
        || Distributions.Of(distribution => distribution.KubeletFolder).Any(folder => file.StartsWith($"{folder}/", StringComparison.Ordinal));

    private static byte[] FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static (DateTimeOffset NotAfter, bool IsAuthority)? First(string pem)
    {
        try
        {
            var collection = new X509Certificate2Collection();
            collection.ImportFromPem(pem);
            if (collection.Count == 0) return null;
            var first = ((DateTimeOffset)collection.Min(c => c.NotAfter.ToUniversalTime()), CertificateChain.IsAuthority(collection[0]));
            foreach (var certificate in collection) certificate.Dispose();
            return first;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
