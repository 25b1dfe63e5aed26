namespace ClusterHeal.Operations.Drills;

/// <summary>Something that a drill expects to see, and how it is told from what a probe answers.</summary>
/// <param name="Text">The hypothesis as the user sees it, not yet judged.</param>
/// <param name="Holds">Whether an answer of the probe is the expected one.</param>
internal sealed record Hypothesis(DrillHypothesis Text, Func<string, bool> Holds)
{
    /// <summary>Something that comes about within a time, and not before it.</summary>
    public static Hypothesis Becomes(
        DrillPhase phase, string name, string statement, string probe, Func<string, bool> holds, ExpectedTime expected) =>
        new(Make(phase, name, statement, probe, expected) with { Earliest = expected.Earliest > TimeSpan.Zero ? expected.Earliest : null }, holds);

    /// <summary>That something stays as it is takes a while to show.</summary>
    private static readonly TimeSpan ShortestProof = TimeSpan.FromSeconds(5);

    /// <summary>Something that holds for the whole phase, which lasts at least so long, and some seconds in any case.</summary>
    public static Hypothesis Stays(
        DrillPhase phase, string name, string statement, string probe, Func<string, bool> holds, ExpectedTime expected) =>
        new(Make(phase, name, statement, probe, expected with { Latest = expected.Latest > ShortestProof ? expected.Latest : ShortestProof }) with { Stays = true }, holds);

    private static DrillHypothesis Make(DrillPhase phase, string name, string statement, string probe, ExpectedTime expected) => new()
    {
        Name = name, Statement = statement, Phase = phase, Probe = probe, Latest = expected.Latest, Basis = expected.Basis,
    };
}
