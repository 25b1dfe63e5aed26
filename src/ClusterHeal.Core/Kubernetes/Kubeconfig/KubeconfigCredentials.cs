using System.Net.Http.Headers;
using System.Text;

namespace ClusterHeal.Kubernetes;

/// <summary>Finds the credentials of a user of a kubeconfig.</summary>
internal static class KubeconfigCredentials
{
    /// <summary>The source of the credentials.</summary>
    /// <param name="cluster">The cluster's entry.</param>
    /// <param name="server">Its address.</param>
    /// <param name="user">The user's entry, or null for nobody.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="ClusterHealException">The entry cannot be used.</exception>
    public static CredentialSource Make(KubeconfigCluster cluster, Uri server, KubeconfigUser? user, string name)
    {
        if (user is null) return new FixedCredential(Credential.None);
        Check(user, name);
        var certificate = KubeconfigPem.Read(user.File, "client-certificate", user.ClientCertificate, user.ClientCertificateData);
        var key = certificate is null ? null : KubeconfigPem.Read(user.File, "client-key", user.ClientKey, user.ClientKeyData);
        // Everybody on the path could read them. kubectl sends none without TLS either.
        if (server.Scheme != Uri.UriSchemeHttps) return new FixedCredential(Credential.None);
        var own = new Credential(Header(user, name), certificate, key, Expires: null);
        if (user.TokenFile is not null) return new TokenFileCredential(user.TokenFile, own, TimeProvider.System);
        return user.Exec is not null && own.Authorization is null && own.Certificate is null
            ? new ExecPlugin(user.Exec, cluster, user.File, TimeProvider.System)
            : new FixedCredential(own);
    }

    /// <summary>A token as a header.</summary>
    /// <param name="token">The token.</param>
    /// <param name="fault">Why it cannot be sent, or null.</param>
    /// <returns>Null if it cannot be sent.</returns>
    public static AuthenticationHeaderValue? Bearer(string token, out string? fault)
    {
        fault = token.Length == 0 ? "is empty" : HeaderText.FaultOf(token);
        return fault is null ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    private static void Check(KubeconfigUser user, string name)
    {
        if (user.AuthProvider is not null)
        {
            throw KubeconfigConnection.Unusable(
                user.File,
                $"its user '{name}' has the auth-provider '{user.AuthProvider}', which Kubernetes itself has removed",
                "Use the exec plugin of your provider (kubelogin, gke-gcloud-auth-plugin, aws eks get-token).");
        }

        if (user.Token is not null && (user.Username ?? user.Password) is not null)
            throw KubeconfigConnection.Unusable(user.File, $"its user '{name}' has both a token and a password, and only one can be sent", "Remove one of the two.");
        if ((user.ClientCertificate ?? user.ClientCertificateData) is not null && (user.ClientKey ?? user.ClientKeyData) is null)
            throw KubeconfigConnection.Unusable(user.File, $"its user '{name}' has a client certificate without its key", "Add client-key or client-key-data.");
        if (user.Exec is { } exec && ExecPlugin.FaultOf(exec) is { } fault)
            throw KubeconfigConnection.Unusable(user.File, $"the exec entry of its user '{name}' {fault}", "Fix that entry; your provider's documents have an example.");
    }

    private static AuthenticationHeaderValue? Header(KubeconfigUser user, string name)
    {
        if (user.Token is not null)
        {
            return Bearer(user.Token, out var fault) ?? throw KubeconfigConnection.Unusable(
                user.File, $"the token of its user '{name}' {fault}, so it cannot be sent", "Write the token on one line, without a line break behind it: 'token: …', not 'token: |'.");
        }

        if (user.Username is null) return null;
        var pair = Encoding.UTF8.GetBytes($"{user.Username}:{user.Password}");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
    }
}
