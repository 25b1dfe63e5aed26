using System.Net.Http.Headers;
using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>Makes a connection of the entries that a context names.</summary>
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

        return new KubernetesConnection
        {
            ClusterName = context,
            Context = context,
            UserName = entry.User.Length > 0 ? entry.User : null,
            Server = ServerUri(cluster, entry.Cluster),
            TlsServerName = cluster.TlsServerName,
            SkipServerVerification = cluster.InsecureSkipTlsVerify,
            Authorities = ReadPem(cluster.File, "certificate-authority", cluster.CertificateAuthority, cluster.CertificateAuthorityData),
            Proxy = ProxyUri(cluster),
            Credentials = Credentials(cluster, user),
            ImpersonatedUser = user?.Impersonate,
            ImpersonatedGroups = user?.ImpersonateGroups ?? [],
        };
    }

    private static CredentialSource Credentials(KubeconfigCluster cluster, KubeconfigUser? user)
    {
        if (user is null) return new FixedCredential(Credential.None);
        if (user.AuthProvider is not null)
        {
            throw Unusable(
                user.File,
                $"it names the auth-provider '{user.AuthProvider}', which Kubernetes itself has removed",
                "Use the exec plugin of your provider (kubelogin, gke-gcloud-auth-plugin, aws eks get-token).");
        }

        var certificate = ReadPem(user.File, "client-certificate", user.ClientCertificate, user.ClientCertificateData);
        var key = ReadPem(user.File, "client-key", user.ClientKey, user.ClientKeyData);
        var own = new Credential(Header(user), certificate, key, Expires: null);
        if (user.TokenFile is not null) return new TokenFileCredential(user.TokenFile, own, TimeProvider.System);
        return user.Exec is not null && own.Authorization is null && own.Certificate is null
            ? new ExecPlugin(user.Exec, cluster, user.File, TimeProvider.System)
            : new FixedCredential(own);
    }

    private static AuthenticationHeaderValue? Header(KubeconfigUser user)
    {
        if (user.Token is not null) return new AuthenticationHeaderValue("Bearer", user.Token);
        if (user.Username is null) return null;
        var pair = Encoding.UTF8.GetBytes($"{user.Username}:{user.Password}");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
    }

    /// <summary>Inline data wins over a file, as with kubectl.</summary>
    private static PemText? ReadPem(string file, string what, string? path, string? data)
    {
        if (data is null) return path is null ? null : new PemText(path, ReadText(path, what));
        try
        {
            return new PemText($"{what}-data of {file}", Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (FormatException e)
        {
            throw Unusable(file, $"its {what}-data is not base64", "Write the file anew, for example with 'kubectl config set-credentials'.", e);
        }
    }

    private static string ReadText(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterHealException(
                e is UnauthorizedAccessException ? ErrorIds.PathAccessDenied : ErrorIds.PathNotFound,
                e is UnauthorizedAccessException ? FaultCategory.PermissionDenied : FaultCategory.NotFound,
                $"The {what} file '{path}' that the kubeconfig names cannot be read: {e.Message}",
                path,
                "Paths in a kubeconfig are relative to the folder that it lies in.",
                e);
        }
    }

    private static Uri ServerUri(KubeconfigCluster cluster, string name)
    {
        var text = cluster.Server.Contains("://", StringComparison.Ordinal) ? cluster.Server : "https://" + cluster.Server;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
            ? uri
            : throw Unusable(cluster.File, $"the server '{cluster.Server}' of the cluster '{name}' is not an address", "Mend 'server' of that cluster.");
    }

    private static Uri? ProxyUri(KubeconfigCluster cluster)
    {
        if (cluster.ProxyUrl is null) return null;
        return Uri.TryCreate(cluster.ProxyUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri
            : throw Unusable(cluster.File, $"the proxy-url '{cluster.ProxyUrl}' is not of the form http://, https:// or socks5://", "Mend 'proxy-url'.");
    }

    private static ClusterHealException Unusable(string file, string what, string remedy, Exception? cause = null) => new(
        ErrorIds.KubeconfigInvalid, FaultCategory.InvalidData, $"The kubeconfig '{file}' cannot be used: {what}.", file, remedy, cause);
}
