namespace ClusterHeal.Operations.Drills;

/// <summary>Asks one thing again and again while a drill runs.</summary>
/// <param name="Name">What it looks at, as observations name it.</param>
/// <param name="AskAsync">
/// Asks once. The answer is a word or two that compare as text. A <see cref="ClusterHealException"/> means that nothing could be seen, which is
/// not the same as a bad answer.
/// </param>
internal sealed record Probe(string Name, Func<CancellationToken, Task<string>> AskAsync);

/// <summary>Ends a drill before its time.</summary>
/// <param name="Rule">The rule in words.</param>
/// <param name="Probe">The probe that it listens to.</param>
/// <param name="IsBroken">Whether an answer breaks the rule.</param>
/// <param name="Patience">For how long without a break it has to be broken.</param>
internal sealed record Guard(string Rule, string Probe, Func<string, bool> IsBroken, TimeSpan Patience);
