using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Reads certificates where they are shown: in the TLS handshakes of API servers, etcd and kubelets, in the kubeconfig, and in the files
/// given for etcd. Nothing but the handshake is sent, so servers that nobody can trust any more are looked at all the same.
/// </summary>
internal sealed class CertificateSurvey(HealthSources sources)
{
    private const int KubeletPort = 10250;
    private const int AtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Gathers.</summary>
    /// <param name="servers">The addresses of the API servers.</param>
    /// <param name="nodes">The nodes, whose kubelets are looked at.</param>
    /// <param name="members">The members of etcd.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<CertificateFacts>> RunAsync(
        IEnumerable<string> servers, IEnumerable<Node> nodes, IEnumerable<EtcdMember> members, CancellationToken cancellationToken)
    {
        var found = new List<CertificateFacts>();
        found.AddRange(await OfKubeconfigAsync(cancellationToken).ConfigureAwait(false));
        if (sources.Etcd?.Tls is { } tls)
        {
            if (tls.ClientCertificateNotAfter is { } end) found.Add(new CertificateFacts(tls.CertificateSource!, "client of etcd", end, "Issue a new client certificate for etcd."));
            found.AddRange((tls.Authorities ?? []).Select(a => new CertificateFacts(
                tls.AuthoritiesSource!, "authority of etcd", a.NotAfter.ToUniversalTime(), "Renew etcd's authority; all its certificates go with it.")));
        }

        var shown = new List<(string Target, string Use, string Host, int Port, StreamDialer? Dialer, string Renewal)>();
        var api = sources.Kubernetes?.Connection;
        if (api?.Proxy is null)
        {
            shown.AddRange(servers.Select(s => new Uri(s)).Where(u => u.Scheme == Uri.UriSchemeHttps).Select(u =>
                (u.Authority, "API server", u.IdnHost.Trim('[', ']'), u.Port, api?.Dialer, "kubeadm certs renew apiserver, then restart it.")));
            shown.AddRange(nodes.Select(n => (Node: n, Address: n.Status.Addresses?.FirstOrDefault(a => a.Type == "InternalIP")?.Address))
                .Where(n => n.Address is not null)
                .Select(n => (n.Node.Metadata.Name, "kubelet", n.Address!, KubeletPort, api?.Dialer,
                    "Switch on serverTLSBootstrap, or remove /var/lib/kubelet/pki/kubelet.crt and restart the kubelet.")));
        }

        shown.AddRange(members.SelectMany(m => m.Endpoint.Take(1)).Select(e => EtcdEndpoint.Parse(e)).Where(e => sources.Etcd?.Tls is not null)
            .Select(e => (e.ToString(), "etcd", e.Host, e.Port, sources.Etcd?.Dialer, "kubeadm certs renew etcd-server, then restart etcd.")));
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(shown, options, async (server, stop) =>
        {
            if (await NotAfterAsync(server.Host, server.Port, server.Dialer, stop).ConfigureAwait(false) is not { } end) return;
            lock (found) found.Add(new CertificateFacts(server.Target, server.Use, end, server.Renewal));
        }).ConfigureAwait(false);
        return found;
    }

    private async Task<IEnumerable<CertificateFacts>> OfKubeconfigAsync(CancellationToken cancellationToken)
    {
        if (sources.Kubernetes?.Connection is not { } connection) return [];
        try
        {
            var credential = await connection.Credentials.GetAsync(renew: false, cancellationToken).ConfigureAwait(false);
            using var material = new TlsMaterial(connection.Authorities, credential.Certificate, credential.Key);
            var name = connection.Context ?? connection.ClusterName;
            var found = new List<CertificateFacts>();
            if (material.ClientCertificateNotAfter is { } end)
                found.Add(new CertificateFacts(name, "client of the kubeconfig", end, "Have a new client certificate issued ('kubeadm certs renew admin.conf')."));
            found.AddRange((material.Authorities ?? []).Select(a => new CertificateFacts(
                name, "authority of the kubeconfig", a.NotAfter.ToUniversalTime(), "Renew the cluster's authority; all its certificates go with it.")));
            return found;
        }
        catch (ClusterHealException)
        {
            return []; // The check of the API server says why the credentials are none.
        }
    }

    /// <summary>When the certificate that a server shows ends; null where none could be seen.</summary>
    private static async Task<DateTimeOffset?> NotAfterAsync(string host, int port, StreamDialer? dialer, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        DateTimeOffset? end = null;
        try
        {
            var stream = await (dialer ?? SocketDialer.DialTcpAsync)(host, port, deadline.Token).ConfigureAwait(false);
            var secure = new SslStream(stream);
            await using (secure.ConfigureAwait(false))
            {
                var options = new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        if (certificate is X509Certificate2 shown) end = shown.NotAfter.ToUniversalTime();
                        return false; // It is looked at, and nothing is entrusted to it: the connection ends here.
                    },
                };
                await secure.AuthenticateAsClientAsync(options, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ClusterHealException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return end; // The handshake always ends so; what was shown by then is all that is wanted.
        }

        return end;
    }

    /// <summary>How long a certificate is good for, as people read it.</summary>
    public static string Left(TimeSpan time) =>
        time.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} hours");
}
