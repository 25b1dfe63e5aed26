using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>How a pod reaches the API server of its own cluster: with its service account.</summary>
internal static class InCluster
{
    /// <summary>The folder into which the kubelet mounts token and certificate authority.</summary>
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The connection, or null if this process does not run in a pod.</summary>
    public static KubernetesConnection? TryMake(string folder, Func<string, string?> environment)
    {
        var (host, port) = (environment("KUBERNETES_SERVICE_HOST"), environment("KUBERNETES_SERVICE_PORT"));
        var token = Path.Combine(folder, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token)) return null;
        var authority = Path.Combine(folder, "ca.crt");
        return new KubernetesConnection
        {
            ClusterName = "in-cluster",
            Context = null,
            Server = new Uri($"https://{(host.Contains(':') ? $"[{host}]" : host)}:{port}"),
            Authorities = File.Exists(authority) ? new PemText(authority, File.ReadAllText(authority)) : null,
            Credentials = new TokenFileCredential(token, Credential.None, TimeProvider.System),
        };
    }
}
