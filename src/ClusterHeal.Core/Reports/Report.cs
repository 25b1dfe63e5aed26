namespace ClusterHeal.Reports;

/// <summary>The content of a report; <see cref="ReportFiles"/> gives it its form.</summary>
public sealed record Report
{
    /// <summary>What was done: <c>Health</c>, <c>Drill Scheduler</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the cluster.</summary>
    public required string Subject { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>The result as a whole.</summary>
    public required CheckStatus Verdict { get; init; }

    /// <summary>The result in a sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>The checks, by group, in the order in which a reader needs them.</summary>
    public IReadOnlyList<ReportGroup> Groups { get; init; } = [];

    /// <summary>What was expected beforehand, and what was measured; none for a report without expectations.</summary>
    public IReadOnlyList<ReportHypothesis> Hypotheses { get; init; } = [];

    /// <summary>What lasted: phases, outages. The timeline has one lane for each name of a lane, in the order of their first spans.</summary>
    public IReadOnlyList<ReportSpan> Spans { get; init; } = [];

    /// <summary>What happened at one moment, in the order of time.</summary>
    public IReadOnlyList<ReportMoment> Moments { get; init; } = [];
}

/// <summary>Checks that belong together.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Checks">The checks.</param>
/// <param name="IsSequence">True for steps, whose order matters; otherwise the worst comes first.</param>
public sealed record ReportGroup(string Name, IReadOnlyList<CheckResult> Checks, bool IsSequence = false);

/// <summary>Something that was expected, and what was measured.</summary>
/// <param name="Statement">The expectation, as a sentence.</param>
/// <param name="Status">Whether it held.</param>
/// <param name="Expected">The expected time or value, as a reader should see it: <c>at most 20 s</c>.</param>
/// <param name="Measured">The measured one; empty if nothing could be measured.</param>
/// <param name="Message">Anything more to say, or null.</param>
public sealed record ReportHypothesis(string Statement, CheckStatus Status, string Expected, string Measured, string? Message = null);

/// <summary>Something that lasted.</summary>
/// <param name="Lane">The line of the timeline: a component, a probe.</param>
/// <param name="Text">What it was: <c>stopped</c>, <c>refuses</c>.</param>
/// <param name="From">Its start.</param>
/// <param name="To">Its end.</param>
/// <param name="Status">Its colour; null for what is neither good nor bad.</param>
public sealed record ReportSpan(string Lane, string Text, DateTimeOffset From, DateTimeOffset To, CheckStatus? Status = null);

/// <summary>Something that happened.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Text">What happened.</param>
/// <param name="Status">Its colour; null for what is neither good nor bad.</param>
public sealed record ReportMoment(DateTimeOffset Time, string Text, CheckStatus? Status = null);
