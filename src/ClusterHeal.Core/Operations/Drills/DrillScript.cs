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

    /// <summary>After which time the hosts bring back what is stopped; null where that follows from how long the drill watches.</summary>
    public TimeSpan? HealAfter { get; init; }

    /// <summary>How long the healing may take.</summary>
    public TimeSpan HealPatience { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Looks at what it needs to know besides, while nothing is touched yet, and says what will be done, a step each.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> LookAsync { get; init; } = _ => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Makes what it needs besides, once the canary serves. What fails here is the end of the drill, with nothing broken.</summary>
    public Func<CancellationToken, Task> PrepareAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Breaks it, told after which time the hosts bring it back by themselves. Returns when it is broken.</summary>
    public required Func<TimeSpan, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>Does what shows the effect, such as making a pod while no scheduler runs.</summary>
    public Func<CancellationToken, Task> ProvokeAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Brings it back, however far the injection came. Returns when it is back.</summary>
    public required Func<CancellationToken, Task> HealAsync { get; init; }

    /// <summary>Says at the end what is left on purpose.</summary>
    public Func<IEnumerable<string>> Keep { get; init; } = () => [];
}

/// <summary>What has to be brought back if nobody ends a drill.</summary>
/// <param name="Components">The component that is stopped on each host.</param>
/// <param name="CordonedNode">The node that is cordoned, or null.</param>
/// <param name="Restores">True where the cluster is restored under the drill's own id.</param>
internal sealed record DrillMark(IReadOnlyDictionary<string, ClusterComponent> Components, string? CordonedNode, bool Restores = false)
{
    /// <summary>Nothing.</summary>
    public static DrillMark Nothing { get; } = new(new Dictionary<string, ClusterComponent>(), null);

    /// <summary>The host whose member of etcd loses its data, or null.</summary>
    public string? LostMember { get; init; }

    /// <summary>The host whose member of etcd gets a lower quota, or null.</summary>
    public string? FullMember { get; init; }

    /// <summary>True where a host brings something back by itself after a time that fits how long the drill watches.</summary>
    public bool HealsAlone => Components.Count > 0 || LostMember is not null || FullMember is not null;
}
