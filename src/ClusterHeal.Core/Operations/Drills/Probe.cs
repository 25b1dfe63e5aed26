namespace ClusterHeal.Operations.Drills;

/// <summary>Asks one thing again and again while a drill runs.</summary>
/// <param name="Name">Its name in observations.</param>
/// <param name="AskAsync">
/// Asks once. The answer is one word or two, compared as text. A <see cref="ClusterHealException"/> means that nothing could be seen, which is not
/// the same as a bad answer.
/// </param>
internal sealed record Probe(string Name, Func<CancellationToken, Task<string>> AskAsync);

/// <summary>Ends a drill early.</summary>
/// <param name="Rule">The rule in words.</param>
/// <param name="Probe">The probe that it reads.</param>
/// <param name="IsBroken">Whether an answer breaks the rule.</param>
/// <param name="Patience">How long the rule must be broken without a break.</param>
internal sealed record Guard(string Rule, string Probe, Func<string, bool> IsBroken, TimeSpan Patience);
