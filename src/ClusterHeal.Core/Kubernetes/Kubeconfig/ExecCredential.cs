namespace ClusterHeal.Kubernetes;

/// <summary>What a credential plugin is told (<c>spec</c>) and what it answers (<c>status</c>), client.authentication.k8s.io.</summary>
internal sealed record ExecCredential
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialSpec? Spec { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}

internal sealed record ExecCredentialSpec(ExecClusterInfo? Cluster, bool Interactive);

internal sealed record ExecClusterInfo
{
    public required string Server { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("tls-server-name")]
    public string? TlsServerName { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("insecure-skip-tls-verify")]
    public bool? InsecureSkipTlsVerify { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("certificate-authority-data")]
    public string? CertificateAuthorityData { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("proxy-url")]
    public string? ProxyUrl { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("disable-compression")]
    public bool? DisableCompression { get; init; }

    /// <summary>client-go writes it even if there is none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public System.Text.Json.Nodes.JsonNode? Config { get; init; }
}

internal sealed record ExecCredentialStatus
{
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    /// <summary>Shows no member: they are secrets.</summary>
    public override string ToString() => nameof(ExecCredentialStatus);
}
