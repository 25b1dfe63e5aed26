using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Looks at the control plane's components on a host by SSH, and at the certificates that they use.</summary>
internal static class HostSurvey
{
    // No private key leaves the host: only certificates are printed, also of files that hold both.
    private const string PrintCertificates = """
        for file in "$@"; do
          [ -r "$file" ] || continue
          printf 'file %s\n' "$file"
          sed -n -e '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' -e 's/^ *client-certificate-data: */data /p' -- "$file"
        done
        """;

    private static readonly ClusterComponent[] Components =
    [
        ClusterComponent.ApiServer, ClusterComponent.ControllerManager, ClusterComponent.Scheduler, ClusterComponent.Etcd,
        ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime,
    ];

    private static readonly string[] CertificateFlags =
    [
        "--tls-cert-file", "--client-ca-file", "--etcd-certfile", "--kubelet-client-certificate", "--proxy-client-cert-file",
        "--requestheader-client-ca-file", "--cert-file", "--peer-cert-file", "--trusted-ca-file", "--kubeconfig",
    ];

    /// <summary>Looks at one host; a host that cannot be asked is a fault in the result.</summary>
    public static async Task<(HostFacts Facts, IReadOnlyList<CertificateFacts> Certificates)> RunAsync(
        HostConnection host, bool certificates, CancellationToken cancellationToken)
    {
        var shell = HostShell.OpenSsh(host);
        await using (shell.ConfigureAwait(false))
        {
            try
            {
                var found = await ComponentFinder.FindAsync(shell, Components, cancellationToken).ConfigureAwait(false);
                var read = certificates ? await CertificatesAsync(shell, found, cancellationToken).ConfigureAwait(false) : [];
                var server = found.FirstOrDefault(c => c is { Component: ClusterComponent.ApiServer, State: ComponentState.Running });
                var ready = server is null ? (bool?)null : await new ApiServerProbe(shell, server).IsReadyAsync(cancellationToken).ConfigureAwait(false);
                return (new HostFacts(host.HostName, [.. found.Where(c => c.State != ComponentState.NotFound)], null) { ApiServerIsReady = ready }, read);
            }
            catch (ClusterHealException e)
            {
                return (new HostFacts(host.HostName, [], e), []);
            }
        }
    }

    private static async Task<IReadOnlyList<CertificateFacts>> CertificatesAsync(
        IHostShell shell, IReadOnlyList<ComponentStatus> components, CancellationToken cancellationToken)
    {
        var files = components.SelectMany(c => CertificateFlags.Select(c.Flag)).OfType<string>()
            .Append("/var/lib/kubelet/pki/kubelet-client-current.pem").Append("/var/lib/kubelet/pki/kubelet.crt")
            .Append("/etc/kubernetes/admin.conf").Distinct().ToArray();
        var script = new HostScript(PrintCertificates, files) { Purpose = "read certificates" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        return Parse(shell.HostName, result.Text);
    }

    /// <summary>Reads what the script printed. A certificate that cannot be read is left out: its component will have said so.</summary>
    internal static IReadOnlyList<CertificateFacts> Parse(string hostName, string text)
    {
        var found = new List<CertificateFacts>();
        foreach (var part in ("\n" + text).Split("\nfile ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('\n');
            if (end < 0) continue;
            var file = part[..end].Trim();
            var body = part[end..];
            foreach (var line in body.Split('\n').Where(l => l.StartsWith("data ", StringComparison.Ordinal)))
                body += "\n" + System.Text.Encoding.ASCII.GetString(FromBase64(line[5..].Trim().Trim('"')));
            if (First(body) is { } notAfter)
                found.Add(new CertificateFacts(hostName, file, notAfter, "Renew it ('kubeadm certs renew', or your own authority) and restart what uses it."));
        }

        return found;
    }

    private static byte[] FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static DateTimeOffset? First(string pem)
    {
        try
        {
            var collection = new X509Certificate2Collection();
            collection.ImportFromPem(pem);
            if (collection.Count == 0) return null;
            var ends = collection.Select(c => (DateTimeOffset)c.NotAfter.ToUniversalTime()).Min();
            foreach (var certificate in collection) certificate.Dispose();
            return ends;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
