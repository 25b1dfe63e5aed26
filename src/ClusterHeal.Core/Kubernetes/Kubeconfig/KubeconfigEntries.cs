using System.Text.Json.Nodes;

namespace ClusterHeal.Kubernetes;

/// <summary>A cluster of a kubeconfig; its paths are already absolute.</summary>
internal sealed record KubeconfigCluster
{
    public string Server { get; init; } = "";

    public string? TlsServerName { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    public string? CertificateAuthority { get; init; }

    public string? CertificateAuthorityData { get; init; }

    public string? ProxyUrl { get; init; }

    public bool DisableCompression { get; init; }

    /// <summary>What the cluster entry has for credential programs, unchanged.</summary>
    public JsonNode? ExecConfig { get; init; }

    public required string File { get; init; }
}

/// <summary>A user of a kubeconfig; its paths are already absolute.</summary>
internal sealed record KubeconfigUser
{
    public string? ClientCertificate { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKey { get; init; }

    public string? ClientKeyData { get; init; }

    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public Impersonation Impersonation { get; init; } = Impersonation.None;

    public string? AuthProvider { get; init; }

    public ExecPluginSettings? Exec { get; init; }

    public required string File { get; init; }

    /// <summary>Shows no member: they are secrets.</summary>
    public override string ToString() => $"a user of '{File}'";
}

/// <summary>A context of a kubeconfig: which user talks to which cluster.</summary>
internal sealed record KubeconfigContext(string Cluster, string User, string? Namespace);

/// <summary>The program that a kubeconfig names for credentials.</summary>
internal sealed record ExecPluginSettings
{
    public required string ApiVersion { get; init; }

    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public string? InstallHint { get; init; }

    public string? InteractiveMode { get; init; }

    public bool ProvideClusterInfo { get; init; }
}
