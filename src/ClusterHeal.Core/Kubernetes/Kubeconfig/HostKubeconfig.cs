using ClusterHeal.Hosts;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// The administrator's kubeconfig of a control-plane host. It is read over SSH into memory and never written to this machine's disk. The API server
/// is reached through the host.
/// </summary>
internal static class HostKubeconfig
{
    /// <summary>Where it may be, for messages.</summary>
    public static string Places => string.Join("' or '", Paths);

    private static string[] Paths => Distributions.Of(distribution => distribution.AdminKubeconfigs);

    /// <summary>The connection, or null if the host has no such file.</summary>
    /// <param name="shell">The host. It has to live as long as the connection is used.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">The login to the host fails, or the file cannot be read or used.</exception>
    public static async Task<KubernetesConnection?> TryReadAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        foreach (var path in Paths)
        {
            if (await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) is not { } text) continue;
            var file = KubeconfigFile.Parse(path, text);
            if (NamedByCurrentContext(file) is { } named) throw NamesFile(path, named, shell.HostName);
            return new Kubeconfig([file]).Resolve(null) with
            {
                Dialer = shell.DialAsync,
                // This may have to log in to the host first.
                ConnectTimeout = TimeSpan.FromSeconds(20),
            };
        }

        return null;
    }

    /// <summary>
    /// The connection of the first administrator's kubeconfig that can be used from here, first the one that needs no authorization; null if the host has none.
    /// </summary>
    /// <inheritdoc cref="TryReadAsync"/>
    public static async Task<KubernetesConnection?> FindUsableAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        string[] paths = [.. Distributions.Of(distribution => distribution.SuperAdminKubeconfigs), .. Paths, "/root/.kube/config"];
        foreach (var path in paths)
        {
            if (await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) is not { } text) continue;
            if (TryUse(path, text) is { } connection) return connection;
        }

        return null;
    }

    /// <summary>The connection of a kubeconfig of a host; null if it names a file or a program there: that cannot be used from here.</summary>
    /// <param name="path">Its path on the host.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ClusterHealException">It is no kubeconfig, or its current context names what is not in it.</exception>
    public static KubernetesConnection? TryUse(string path, string text)
    {
        var file = KubeconfigFile.Parse(Path.GetFullPath(path), text);
        return NamedByCurrentContext(file) is null ? new Kubeconfig([file]).Resolve(null) : null;
    }

    /// <summary>
    /// A file or a program that a host's kubeconfig names is on the host: this machine must neither read nor run its own one with that name. Only the
    /// entries of the current context are used.
    /// </summary>
    private static string? NamedByCurrentContext(KubeconfigFile file)
    {
        if (file.Contexts.GetValueOrDefault(file.CurrentContext ?? "") is not { } context) return null;
        var user = file.Users.GetValueOrDefault(context.User);
        string?[] named =
        [
            file.Clusters.GetValueOrDefault(context.Cluster)?.CertificateAuthority, user?.ClientCertificate, user?.ClientKey, user?.TokenFile,
            user?.Exec?.Command, user?.AuthProvider,
        ];
        return named.FirstOrDefault(name => name is not null);
    }

    private static ClusterHealException NamesFile(string path, string named, string hostName) => new(
        ErrorIds.KubeconfigInvalid,
        FaultCategory.InvalidData,
        $"'{path}' of {hostName} names '{named}' on that host, which cannot be used from here.",
        hostName,
        "Write the certificates into it (kubectl config set-credentials --embed-certs), or connect with -Kubeconfig and a file of this machine.");
}
