namespace ClusterHeal.Operations.Restores;

/// <summary>The endpoints at which a host asks etcd, as lines for <c>ask-etcd.sh</c>: URL, CA, certificate and key, separated by tabs.</summary>
internal static class MemberEndpoints
{
    /// <summary>The endpoints for a member's own health. The host tries which of them work.</summary>
    public static IReadOnlyList<string> ToHealth(EtcdConfiguration configuration)
    {
        // The certificate that etcd shows may not be valid for a client, but the one between members is; kubeadm has a third kind.
        (string? Certificate, string? Key)[] pairs =
        [
            (configuration.CertFile, configuration.KeyFile),
            (configuration.ServerCertFile, configuration.ServerKeyFile),
            (configuration.PeerCertFile, configuration.PeerKeyFile),
        ];
        var ca = configuration.CaFile ?? configuration.TrustedCaFile;
        return
        [
            .. from url in configuration.ListenClientUrls
               where !url.StartsWith("unix", StringComparison.Ordinal)
               from pair in IsPlain(url) ? [(null, null)] : pairs.Where(pair => pair is (null, null) or ({ }, { })).Distinct()
               select Line(Loopback(url), ca, pair.Certificate, pair.Key),
        ];
    }

    /// <summary>The endpoint of a member as a peer, from the host of a member.</summary>
    /// <param name="own">How that host's member is set up. Its certificate is used for the login.</param>
    /// <param name="asked">The member to ask; may be the same.</param>
    public static string ToPeer(EtcdConfiguration own, EtcdConfiguration asked) =>
        Line(asked.InitialAdvertisePeerUrls[0], own.PeerTrustedCaFile, own.PeerCertFile, own.PeerKeyFile);

    private static string Line(string url, string? ca, string? certificate, string? key) =>
        IsPlain(url) ? $"{url.TrimEnd('/')}\t\t\t" : $"{url.TrimEnd('/')}\t{ca}\t{certificate}\t{key}";

    private static bool IsPlain(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static string Loopback(string url) => url
        .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal)
        .Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);
}
