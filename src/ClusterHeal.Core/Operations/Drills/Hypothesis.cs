namespace ClusterHeal.Operations.Drills;

/// <summary>An expectation of a drill, and how a probe's answer shows it.</summary>
/// <param name="Text">The hypothesis for the user, not yet judged.</param>
/// <param name="Holds">Whether an answer of the probe is the expected one.</param>
internal sealed record Hypothesis(DrillHypothesis Text, Func<string, bool> Holds)
{
    /// <summary>Something that happens within a time, and not before it.</summary>
    public static Hypothesis Becomes(
        DrillPhase phase, string name, string statement, string probe, Func<string, bool> holds, ExpectedTime expected) =>
        new(Make(phase, name, statement, probe, expected) with { Earliest = expected.Earliest > TimeSpan.Zero ? expected.Earliest : null }, holds);

    /// <summary>It takes this long to show that something does not change.</summary>
    private static readonly TimeSpan ShortestProof = TimeSpan.FromSeconds(5);

    /// <summary>Something that holds for the whole phase. The phase lasts at least that long, and at least some seconds.</summary>
    public static Hypothesis Stays(
        DrillPhase phase, string name, string statement, string probe, Func<string, bool> holds, ExpectedTime expected) =>
        new(Make(phase, name, statement, probe, expected with { Latest = expected.Latest > ShortestProof ? expected.Latest : ShortestProof }) with { Stays = true }, holds);

    private static DrillHypothesis Make(DrillPhase phase, string name, string statement, string probe, ExpectedTime expected) => new()
    {
        Name = name, Statement = statement, Phase = phase, Probe = probe, Latest = expected.Latest, Basis = expected.Basis,
    };
}
