using System.Globalization;

namespace ClusterHeal;

/// <summary>How a drill went: what was expected, what was measured, everything that was observed, and the verdict.</summary>
public sealed record DrillReport
{
    /// <summary>The drill.</summary>
    public required DrillName Drill { get; init; }

    /// <summary>The operation, by which the journals name it.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The hosts or nodes that it was done to.</summary>
    public required ItemCollection<string> TargetName { get; init; }

    /// <summary>What was broken, and how.</summary>
    public required string Injection { get; init; }

    /// <summary>How it came out.</summary>
    public required DrillVerdict Verdict { get; init; }

    /// <summary>Why it came out so, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What was expected, and what was seen of it.</summary>
    public required ItemCollection<DrillHypothesis> Hypotheses { get; init; }

    /// <summary>Everything that the probes saw, in the order of time.</summary>
    public required ItemCollection<DrillObservation> Observations { get; init; }

    /// <summary>When each phase began, since the drill began.</summary>
    public required ItemCollection<DrillPhaseTime> Phases { get; init; }

    /// <summary>When it began, by the clock of the operator's machine.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long something was broken: from the beginning of the injection to the end of the healing.</summary>
    public TimeSpan BrokenFor { get; init; }

    /// <summary>What the drill has left on purpose, a sentence each: snapshots on this machine, former data on hosts, and what takes those back.</summary>
    public ItemCollection<string> Kept { get; init; } = [];

    /// <summary>True if the cluster did as it was expected to, and is well again.</summary>
    public bool Succeeded => Verdict == DrillVerdict.AsExpected;

    /// <summary>One line: <c>Scheduler drill of 'prod': AsExpected: …</c>.</summary>
    public override string ToString() => $"{Drill} drill of '{ClusterName}': {Verdict}: {Reason}";
}

/// <summary>When a phase of a drill was.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="At">When it began, since the drill began.</param>
/// <param name="Duration">How long it took.</param>
public sealed record DrillPhaseTime(DrillPhase Phase, TimeSpan At, TimeSpan Duration)
{
    /// <summary>One line: <c>Injection: 1.2 s, after 3.4 s</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Phase}: {Duration.TotalSeconds:0.0} s, after {At.TotalSeconds:0.0} s");
}
