namespace ClusterHeal;

/// <summary>A PodDisruptionBudget and what it will say to a drain.</summary>
public sealed record BudgetForecast
{
    /// <summary>The budget's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The budget's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its rule: <c>minAvailable 2</c>, <c>maxUnavailable 25%</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>How many healthy pods it demands.</summary>
    public int DesiredHealthy { get; init; }

    /// <summary>How many it has.</summary>
    public int CurrentHealthy { get; init; }

    /// <summary>How many pods its workloads are to have.</summary>
    public int ExpectedPods { get; init; }

    /// <summary>How many evictions it allows now.</summary>
    public int DisruptionsAllowed { get; init; }

    /// <summary>The workloads whose pods it guards on the nodes that were planned.</summary>
    public ItemCollection<string> Workloads { get; init; } = [];

    /// <summary>How many of the pods to evict pass at once.</summary>
    public int Passing { get; init; }

    /// <summary>How many pass once replacements are Ready elsewhere.</summary>
    public int Waiting { get; init; }

    /// <summary>How many will block.</summary>
    public int Blocking { get; init; }

    /// <summary>Why it blocks, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>What would free it, or null if it does not block.</summary>
    public string? Remedy { get; init; }

    /// <summary>Name, rule and state.</summary>
    public override string ToString() =>
        $"{Namespace}/{Name} ({Rule}): needs {DesiredHealthy} healthy pods and has {CurrentHealthy}, allows {DisruptionsAllowed}";
}
