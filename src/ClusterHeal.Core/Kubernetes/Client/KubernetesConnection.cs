using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>How an API server is reached, and as whom.</summary>
public sealed record KubernetesConnection
{
    /// <summary>The name by which prompts and messages call the cluster: its context's.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The kubeconfig's context, or null where none was used.</summary>
    public string? Context { get; init; }

    /// <summary>The kubeconfig's name of the user, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>The address of the API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The name that the server's certificate has to bear, where it is not the address's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>True where the server's certificate is not looked at; only because the kubeconfig says so.</summary>
    public bool SkipServerVerification { get; init; }

    /// <summary>The proxy that the kubeconfig names, or null for none: HTTPS_PROXY does not count.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>How the server is dialled where not by TCP; a proxy is not used then.</summary>
    public StreamDialer? Dialer { get; init; }

    /// <summary>
    /// How long a request may take from its first byte to the answer's last. An API server that has lost its etcd holds a request
    /// for a minute and then answers nothing.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long TCP and TLS may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The authorities that are trusted, or null for the system's.</summary>
    internal PemText? Authorities { get; init; }

    /// <summary>As whom.</summary>
    internal CredentialSource Credentials { get; init; } = new FixedCredential(Credential.None);

    /// <summary>In whose name the requests are made.</summary>
    internal Impersonation Impersonation { get; init; } = Impersonation.None;

    /// <summary>The cluster and its address; never a credential.</summary>
    public override string ToString() => $"cluster '{ClusterName}' at {Server.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Reads kubeconfig files, or the service account of this pod where there are none.</summary>
    /// <param name="kubeconfig">The files, or none for kubectl's own search.</param>
    /// <param name="context">The context, or null for the current one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">There is no kubeconfig, or it is not usable.</exception>
    public static async Task<KubernetesConnection> ReadAsync(
        IReadOnlyList<string>? kubeconfig, string? context, CancellationToken cancellationToken)
    {
        try
        {
            return (await Kubeconfig.ReadAsync(kubeconfig, cancellationToken).ConfigureAwait(false)).Resolve(context);
        }
        catch (ClusterHealException e) when (e.ErrorId == ErrorIds.KubeconfigNotFound && kubeconfig is not { Count: > 0 } && context is null)
        {
            if (InCluster.TryMake(InCluster.DefaultFolder, Environment.GetEnvironmentVariable) is { } connection) return connection;
            throw;
        }
    }
}
