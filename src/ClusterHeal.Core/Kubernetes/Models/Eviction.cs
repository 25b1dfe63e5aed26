namespace ClusterHeal.Kubernetes;

/// <summary>The body of a POST to <c>pods/NAME/eviction</c> (policy/v1).</summary>
internal sealed record Eviction
{
    public string ApiVersion { get; set; } = "policy/v1";

    public string Kind { get; set; } = "Eviction";

    public required EvictionMeta Metadata { get; init; }

    public DeleteOptions? DeleteOptions { get; init; }
}

internal sealed record EvictionMeta(string Name, string Namespace);

internal sealed record DeleteOptions
{
    public int? GracePeriodSeconds { get; init; }

    public Preconditions? Preconditions { get; init; }

    public IReadOnlyList<string>? DryRun { get; set; }
}

/// <summary>With the uid, the request means this pod and never a namesake that took its place.</summary>
internal sealed record Preconditions(string? Uid);
