namespace ClusterHeal;

/// <summary>What a drill will do to this cluster, computed from its real flags before anything is changed.</summary>
public sealed record DrillPlan
{
    /// <summary>The drill.</summary>
    public required DrillName Drill { get; init; }

    /// <summary>The operation that it would be, by which it can be undone.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The hosts or nodes that it is done to.</summary>
    public required ItemCollection<string> TargetName { get; init; }

    /// <summary>What is broken, and how.</summary>
    public required string Injection { get; init; }

    /// <summary>What is done, step by step; empty if <see cref="Injection"/> says it all.</summary>
    public ItemCollection<string> Step { get; init; } = [];

    /// <summary>The drill's own namespace, for the canary.</summary>
    public required string Namespace { get; init; }

    /// <summary>What is expected, and when.</summary>
    public required ItemCollection<DrillHypothesis> Hypotheses { get; init; }

    /// <summary>What ends it before its time.</summary>
    public required ItemCollection<string> Guard { get; init; }

    /// <summary>After which time the hosts bring back by themselves what was stopped; zero if nothing is stopped on a host.</summary>
    public required TimeSpan HealAfter { get; init; }

    /// <summary>How long it is broken at most.</summary>
    public required TimeSpan Longest { get; init; }

    /// <summary>What is done, in a sentence for a prompt.</summary>
    public override string ToString() =>
        $"{Drill} drill: {Injection}; watch for at most {Longest.TotalSeconds:0} s what it does, and bring it back"
        + (HealAfter > TimeSpan.Zero ? $"; the hosts do so by themselves after {HealAfter}" : "");
}
