namespace ClusterHeal.Kubernetes;

/// <summary>One page of a list, as the API sends it.</summary>
internal sealed record ResourceList<T>
{
    public ListMeta Metadata { get; set; } = new();

    public IReadOnlyList<T>? Items { get; set; }
}

internal sealed record ListMeta
{
    public string ResourceVersion { get; set; } = "";

    public string? Continue { get; init; }

    public long? RemainingItemCount { get; init; }
}
