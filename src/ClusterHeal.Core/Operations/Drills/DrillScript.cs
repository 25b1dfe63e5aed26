namespace ClusterHeal.Operations.Drills;

/// <summary>A drill for one cluster: what is done, what is asked, and what is expected.</summary>
internal sealed record DrillScript
{
    /// <summary>The affected hosts or nodes.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What is broken, and how, in words.</summary>
    public required string Injection { get; init; }

    /// <summary>What is asked all the time.</summary>
    public required IReadOnlyList<Probe> Probes { get; init; }

    /// <summary>What is expected.</summary>
    public required IReadOnlyList<Hypothesis> Hypotheses { get; init; }

    /// <summary>What ends it early.</summary>
    public required IReadOnlyList<Guard> Guards { get; init; }

    /// <summary>The nodes for the canary's pods; empty for the drill's own choice.</summary>
    public IReadOnlyList<string> CanaryNodes { get; init; } = [];

    /// <summary>The probe of the canary.</summary>
    public required ServingProbe Serving { get; init; }

    /// <summary>What has to be undone, apart from the canary.</summary>
    public required DrillMark Mark { get; init; }

    /// <summary>The question beforehand if a safety rule is affected, or null.</summary>
    public string? Danger { get; init; }

    /// <summary>The time after which the hosts bring back what is stopped; null if it follows from how long the drill watches.</summary>
    public TimeSpan? HealAfter { get; init; }

    /// <summary>How long the healing may take.</summary>
    public TimeSpan HealPatience { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Finds out what else it needs to know while nothing is changed yet, and returns what will be done, step by step.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> LookAsync { get; init; } = _ => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Creates what else it needs, once the canary serves. If this fails, the drill ends with nothing broken.</summary>
    public Func<CancellationToken, Task> PrepareAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Breaks it. It is told after which time the hosts bring it back by themselves. Returns when it is broken.</summary>
    public required Func<TimeSpan, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>Makes the effect visible, for example creates a pod while no scheduler runs.</summary>
    public Func<CancellationToken, Task> ProvokeAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Brings it back, wherever the injection stopped. Returns when it is back.</summary>
    public required Func<CancellationToken, Task> HealAsync { get; init; }

    /// <summary>Returns at the end what is left on purpose.</summary>
    public Func<IEnumerable<string>> Keep { get; init; } = () => [];
}

/// <summary>What has to be brought back if a drill is never ended.</summary>
/// <param name="Components">The component that is stopped on each host.</param>
/// <param name="CordonedNode">The node that is cordoned, or null.</param>
/// <param name="Restores">True if the cluster is restored under the drill's own ID.</param>
internal sealed record DrillMark(IReadOnlyDictionary<string, ClusterComponent> Components, string? CordonedNode, bool Restores = false)
{
    public static DrillMark Nothing { get; } = new(new Dictionary<string, ClusterComponent>(), null);

    /// <summary>The host whose member of etcd loses its data, or null.</summary>
    public string? LostMember { get; init; }

    /// <summary>The host whose member of etcd gets a lower quota, or null.</summary>
    public string? FullMember { get; init; }

    /// <summary>True if a host brings something back by itself, after a time that fits how long the drill watches.</summary>
    public bool HealsAlone => Components.Count > 0 || LostMember is not null || FullMember is not null;
}
