namespace ClusterHeal.Operations.Drills;

/// <summary>A drill written out for one cluster: what is done, what is asked, and what is expected.</summary>
internal sealed record DrillScript
{
    /// <summary>The hosts or nodes that it is done to.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What is broken, and how, in words.</summary>
    public required string Injection { get; init; }

    /// <summary>What is asked all the time.</summary>
    public required IReadOnlyList<Probe> Probes { get; init; }

    /// <summary>What is expected.</summary>
    public required IReadOnlyList<Hypothesis> Hypotheses { get; init; }

    /// <summary>What ends it before its time.</summary>
    public required IReadOnlyList<Guard> Guards { get; init; }

    /// <summary>The nodes for the canary's pods; empty for the drill's own choice.</summary>
    public IReadOnlyList<string> CanaryNodes { get; init; } = [];

    /// <summary>How the canary is asked.</summary>
    public required ServingProbe Serving { get; init; }

    /// <summary>What undoes it, apart from the canary.</summary>
    public required DrillMark Mark { get; init; }

    /// <summary>What is asked beforehand where a rule of safety is concerned, or null.</summary>
    public string? Danger { get; init; }

    /// <summary>Breaks it, told after which time the hosts bring it back by themselves. Returns when it is broken.</summary>
    public required Func<TimeSpan, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>Does what shows the effect, such as making a pod while no scheduler runs.</summary>
    public Func<CancellationToken, Task> ProvokeAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Brings it back, however far the injection came. Returns when it is back.</summary>
    public required Func<CancellationToken, Task> HealAsync { get; init; }
}

/// <summary>What has to be brought back if nobody ends a drill.</summary>
/// <param name="Components">The component that is stopped on each host.</param>
/// <param name="CordonedNode">The node that is cordoned, or null.</param>
internal sealed record DrillMark(IReadOnlyDictionary<string, ClusterComponent> Components, string? CordonedNode)
{
    /// <summary>True where something is stopped on a host, which the host brings back by itself.</summary>
    public bool StopsComponents => Components.Count > 0;
}
