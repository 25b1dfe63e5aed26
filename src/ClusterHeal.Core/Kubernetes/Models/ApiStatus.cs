namespace ClusterHeal.Kubernetes;

/// <summary>The API's answer to a request that failed, or that has no object as its result.</summary>
internal sealed record ApiStatus
{
    public string? Kind { get; init; }

    public string? Status { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public ApiStatusDetails? Details { get; init; }

    public int Code { get; init; }
}

internal sealed record ApiStatusDetails
{
    public string? Name { get; init; }

    public string? Kind { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public IReadOnlyList<ApiStatusCause>? Causes { get; set; }
}

internal sealed record ApiStatusCause
{
    public string? Reason { get; init; }

    public string? Message { get; init; }
}

internal sealed record ServerVersion
{
    public string GitVersion { get; set; } = "";
}
