using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Reads certificates where they are visible: in the TLS handshakes of API servers, etcd and kubelets, in the kubeconfig, and in the client
/// certificate for etcd. If a server does not show its certificate, that is named as unseen.
/// </summary>
internal static class CertificateSurvey
{
    private const int KubeletPort = 10250;
    private const int AtOnce = 64;

    /// <summary>Each connection through a host is one process of ssh.</summary>
    private const int AtOnceThroughHost = 8;

    /// <summary>The kubeconfig, the API servers and the kubelets.</summary>
    /// <param name="client">The client of the API, or null if there is none.</param>
    /// <param name="servers">The API servers.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CertificateSightings> OfKubernetesAsync(
        KubernetesClient? client, IEnumerable<ApiServerFacts> servers, IEnumerable<Node> nodes, CancellationToken cancellationToken)
    {
        if (client?.Connection is not { } api) return CertificateSightings.None;
        ShownCertificate[] ofServers =
        [
            .. servers.Select(s => Uri.TryCreate(s.Target, UriKind.Absolute, out var uri) ? uri : null).OfType<Uri>().Where(u => u.Scheme == Uri.UriSchemeHttps).Select(u => new ShownCertificate(
                u.Authority,
                "API server",
                u.IdnHost.Trim('[', ']'),
                u.Port,
                api.Dialer,
                "Renew it on its host, and restart it.") { IsOfControlPlane = true }),
        ];
        var addressed = nodes.Select(n => (n.Metadata.Name, Address: n.Status.Addresses?.FirstOrDefault(a => a.Type == "InternalIP")?.Address))
            .ToLookup(n => !string.IsNullOrEmpty(n.Address));
        var nowhere = new CertificateSightings(
            [], [.. addressed[false].Select(n => new UnseenCertificate(n.Name, "kubelet", "the node has no InternalIP"))]);
        ShownCertificate[] ofKubelets =
        [
            .. addressed[true]
                .Select(n => new ShownCertificate(
                    n.Name, "kubelet", n.Address!, KubeletPort, api.Dialer,
                    "Switch on serverTLSBootstrap, or remove /var/lib/kubelet/pki/kubelet.crt and restart the kubelet.")),
        ];
        var own = await OfKubeconfigAsync(api, cancellationToken).ConfigureAwait(false);
        if (api.Proxy is not null)
        {
            const string Why = "the kubeconfig reaches the cluster by a proxy, which is for the API alone";
            return CertificateSightings.Join([own, nowhere, new([], [.. ofServers.Concat(ofKubelets).Select(s => s.Unseen(Why))])]);
        }

        var shown = await LookAsync(ofServers, cancellationToken).ConfigureAwait(false);
        // From many places no kubelet can be reached. The first ones show it; then there is no wait for each of a thousand.
        var first = await LookAsync(ofKubelets[..Math.Min(AtOnce, ofKubelets.Length)], cancellationToken).ConfigureAwait(false);
        ShownCertificate[] others = [.. ofKubelets.Skip(AtOnce)];
        var rest = first.Seen.Count > 0
            ? await LookAsync(others, cancellationToken).ConfigureAwait(false)
            : new CertificateSightings([], [.. others.Select(k => k.Unseen($"none of {AtOnce} other kubelets answers from here"))]);
        return CertificateSightings.Join([own, nowhere, shown, first, rest]);
    }

    /// <summary>The certificates of the members of etcd, and the client certificate for them.</summary>
    /// <param name="etcd">How etcd is reached.</param>
    /// <param name="members">Its members.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CertificateSightings> OfEtcdAsync(
        EtcdConnection etcd, IEnumerable<EtcdMember> members, CancellationToken cancellationToken)
    {
        if (etcd.Tls is not { } tls) return CertificateSightings.None;
        List<CertificateFacts> given = [];
        if (tls.ClientCertificateNotAfter is { } end)
            given.Add(new CertificateFacts(tls.CertificateSource!, "client of etcd", end, "Issue a new client certificate for etcd."));
        given.AddRange((tls.Authorities ?? []).Select(a => new CertificateFacts(
            tls.AuthoritiesSource!,
            "authority of etcd",
            a.NotAfter.ToUniversalTime(),
            "Renew etcd's authority; all its certificates go with it.")));
        var shown = members.SelectMany(m => m.Endpoint.Take(1)).Select(e => EtcdEndpoint.Parse(e)).Select(e => new ShownCertificate(
            e.ToString(), "etcd", e.Host, e.Port, etcd.Dialer, "Renew it on its host, and restart etcd.") { IsOfControlPlane = true });
        return CertificateSightings.Join([new(given, []), await LookAsync([.. shown], cancellationToken).ConfigureAwait(false)]);
    }

    private static async Task<CertificateSightings> OfKubeconfigAsync(KubernetesConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var credential = await connection.Credentials.GetAsync(renew: false, cancellationToken).ConfigureAwait(false);
            using var material = new TlsMaterial(connection.Authorities, credential.Certificate, credential.Key);
            var name = connection.Context ?? connection.ClusterName;
            List<CertificateFacts> found = [];
            if (material.ClientCertificateNotAfter is { } end)
            {
                found.Add(new CertificateFacts(
                    name, "client of the kubeconfig", end, "Have a new client certificate issued (on the hosts: Update-ControlPlaneCertificate), and copy the kubeconfig again."));
            }

            found.AddRange((material.Authorities ?? []).Select(a => new CertificateFacts(
                name,
                "authority of the kubeconfig",
                a.NotAfter.ToUniversalTime(),
                "Renew the cluster's authority; all its certificates go with it.")));
            return new CertificateSightings(found, []);
        }
        catch (ClusterHealException)
        {
            return CertificateSightings.None; // The check of the API server says why there are no credentials.
        }
    }

    private static async Task<CertificateSightings> LookAsync(ShownCertificate[] servers, CancellationToken cancellationToken)
    {
        var results = new CertificateSightings[servers.Length];
        var atOnce = servers is [{ Dialer: not null }, ..] ? AtOnceThroughHost : AtOnce;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, servers.Length, parallel, async (i, stop) =>
            results[i] = await servers[i].LookAsync(stop).ConfigureAwait(false)).ConfigureAwait(false);
        return CertificateSightings.Join(results);
    }
}
