namespace ClusterHeal;

/// <summary>How the drain of a node ended.</summary>
public sealed record NodeDrainResult
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>True if every pod that had to leave is gone.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>True if this drain cordoned the node; false if it was cordoned before.</summary>
    public bool CordonedHere { get; init; }

    /// <summary>True if the drain gave up and made the node schedulable again.</summary>
    public bool Uncordoned { get; init; }

    /// <summary>How many pods are gone.</summary>
    public int Removed { get; init; }

    /// <summary>How many pods were left on purpose.</summary>
    public int Skipped { get; init; }

    /// <summary>The pods that had to leave and are still there, and why.</summary>
    public ItemCollection<RemainingPod> Remaining { get; init; } = [];

    /// <summary>When it began, by the clock of the operator's machine.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it did not succeed, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The result in a line.</summary>
    public override string ToString() =>
        $"{NodeName}: {(Succeeded ? "drained" : "not drained")}, {Removed} pods gone, {Skipped} left on purpose, {Remaining.Count} remain";
}

/// <summary>A pod that had to leave and is still there.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="PodName">Its name.</param>
/// <param name="Obstacle">What was in the way of its eviction; <see cref="EvictionObstacle.None"/> if it is ending.</param>
/// <param name="Message">The same in words.</param>
/// <param name="Since">Since when, or null.</param>
public sealed record RemainingPod(string Namespace, string PodName, EvictionObstacle Obstacle, string Message, DateTimeOffset? Since)
{
    /// <summary>Pod and reason.</summary>
    public override string ToString() => $"{Namespace}/{PodName}: {Message}";
}
