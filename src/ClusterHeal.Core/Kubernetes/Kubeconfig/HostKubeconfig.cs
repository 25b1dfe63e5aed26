using ClusterHeal.Hosts;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// The administrator's kubeconfig of a control-plane host. It is read over SSH into memory, never onto this machine's disk, and the API
/// server is reached through the host.
/// </summary>
internal static class HostKubeconfig
{
    /// <summary>Where kubeadm writes it.</summary>
    public const string Path = "/etc/kubernetes/admin.conf";

    /// <summary>The connection, or null where the host has no such file.</summary>
    /// <param name="shell">The host. It has to live as long as the connection is used.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">The host cannot be entered, or the file cannot be read or used.</exception>
    public static async Task<KubernetesConnection?> TryReadAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        if (await shell.FindTextAsync(Path, cancellationToken).ConfigureAwait(false) is not { } text) return null;
        var file = KubeconfigFile.Parse(Path, text);
        Refuse(file, shell.HostName);
        return new Kubeconfig([file]).Resolve(null) with
        {
            Dialer = shell.DialAsync,
            // A login may have to be made first.
            ConnectTimeout = TimeSpan.FromSeconds(20),
        };
    }

    /// <summary>A file or a program that a host names is the host's: this machine must neither read nor run its namesake here.</summary>
    private static void Refuse(KubeconfigFile file, string hostName)
    {
        // Only what its current context names is used.
        if (file.Contexts.GetValueOrDefault(file.CurrentContext ?? "") is not { } context) return;
        var user = file.Users.GetValueOrDefault(context.User);
        string?[] paths =
            [file.Clusters.GetValueOrDefault(context.Cluster)?.CertificateAuthority, user?.ClientCertificate, user?.ClientKey, user?.TokenFile, user?.Exec?.Command];
        if (paths.FirstOrDefault(path => path is not null) is not { } named) return;
        throw new ClusterHealException(
            ErrorIds.KubeconfigInvalid,
            FaultCategory.InvalidData,
            $"'{Path}' of {hostName} names '{named}' on that host, which cannot be used from here.",
            hostName,
            "Write the certificates into it (kubectl config set-credentials --embed-certs), or connect with -Kubeconfig and a file of this machine.");
    }
}
