using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>How an API server is reached, and with which credentials.</summary>
public sealed record KubernetesConnection
{
    /// <summary>The name of the cluster in prompts and messages: its context's.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The kubeconfig's context, or null if none was used.</summary>
    public string? Context { get; init; }

    /// <summary>The kubeconfig's name of the user, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>The address of the API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The name that the server's certificate must have, if it is not the address's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>True if the server's certificate is not checked, which only the kubeconfig can ask for.</summary>
    public bool SkipServerVerification { get; init; }

    /// <summary>The proxy that the kubeconfig names, or null for none: HTTPS_PROXY does not count.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>How the server is dialled, if not by TCP. Then no proxy is used.</summary>
    public StreamDialer? Dialer { get; init; }

    /// <summary>
    /// How long a request may take, to the last byte of the answer. An API server that has lost its etcd holds a request
    /// for a minute and then answers nothing.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long TCP and TLS may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The authorities that are trusted, or null for the system's.</summary>
    internal PemText? Authorities { get; init; }

    internal CredentialSource Credentials { get; init; } = new FixedCredential(Credential.None);

    /// <summary>The user in whose name the requests are made.</summary>
    internal Impersonation Impersonation { get; init; } = Impersonation.None;

    /// <summary>The cluster and its address; never a credential.</summary>
    public override string ToString() => $"cluster '{ClusterName}' at {Server.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Reads kubeconfig files, or the service account of this pod if there are none.</summary>
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
