namespace ClusterHeal.Kubernetes;

/// <summary>Makes a connection from the entries that a context names. What kubectl refuses is refused here, too.</summary>
internal static class KubeconfigConnection
{
    public static KubernetesConnection Make(string context, KubeconfigContext entry, KubeconfigCluster cluster, KubeconfigUser? user)
    {
        if (cluster.InsecureSkipTlsVerify && (cluster.CertificateAuthority ?? cluster.CertificateAuthorityData) is not null)
        {
            throw Unusable(
                cluster.File,
                $"the cluster '{entry.Cluster}' names a certificate authority and says insecure-skip-tls-verify, which contradict each other",
                "Remove one of the two.");
        }

        var server = ServerUri(cluster, entry.Cluster);
        return new KubernetesConnection
        {
            ClusterName = context,
            Context = context,
            UserName = entry.User.Length > 0 ? entry.User : null,
            Server = server,
            TlsServerName = cluster.TlsServerName,
            SkipServerVerification = cluster.InsecureSkipTlsVerify,
            Authorities = KubeconfigPem.Read(cluster.File, "certificate-authority", cluster.CertificateAuthority, cluster.CertificateAuthorityData),
            Proxy = ProxyUri(cluster),
            Credentials = KubeconfigCredentials.Make(cluster, server, user, entry.User),
            Impersonation = user is null ? Impersonation.None : Checked(user, entry.User),
        };
    }

    /// <summary>An error about a file whose entries cannot be used.</summary>
    public static ClusterHealException Unusable(string file, string what, string remedy, Exception? cause = null) => new(
        ErrorIds.KubeconfigInvalid, FaultCategory.InvalidData, $"The kubeconfig '{file}' cannot be used: {what}.", file, remedy, cause);

    private static Impersonation Checked(KubeconfigUser user, string name)
    {
        var wanted = user.Impersonation;
        if (wanted.User is null && (wanted.Uid is not null || wanted.Groups.Count + wanted.Extra.Count > 0))
            throw Unusable(user.File, $"the user '{name}' has as-uid, as-groups or as-user-extra without 'as'", "Say with 'as' who is meant.");
        foreach (var (header, value) in wanted.Headers())
        {
            if (HeaderText.FaultOf(value) is { } fault)
                throw Unusable(user.File, $"what the user '{name}' impersonates ({header}) {fault}", "Fix the 'as' entries of that user.");
        }

        // The framework would send several as one header with commas, and the server would take that for the name of one group.
        if (wanted.Headers().GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } repeated)
        {
            throw Unusable(
                user.File,
                $"the user '{name}' impersonates with several values of {repeated.Key}, of which only one can be sent from here",
                "Use a user of one group, or of none.");
        }

        return wanted;
    }

    /// <summary>As with kubectl, without a scheme it is http, whatever else the entry says about TLS. Then no credentials are sent.</summary>
    private static Uri ServerUri(KubeconfigCluster cluster, string name)
    {
        if (cluster.Server.Length == 0) throw Unusable(cluster.File, $"the cluster '{name}' names no server", "Write its address as 'server' of that cluster.");
        var text = cluster.Server.Contains("://", StringComparison.Ordinal) ? cluster.Server : "http://" + cluster.Server;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
            ? uri
            : throw Unusable(cluster.File, $"the server '{cluster.Server}' of the cluster '{name}' is not an address", "Fix 'server' of that cluster.");
    }

    private static Uri? ProxyUri(KubeconfigCluster cluster)
    {
        if (cluster.ProxyUrl is null) return null;
        return Uri.TryCreate(cluster.ProxyUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri
            : throw Unusable(cluster.File, $"the proxy-url '{cluster.ProxyUrl}' is not of the form http://, https:// or socks5://", "Fix 'proxy-url'.");
    }
}
