using System.Globalization;

namespace ClusterHeal;

/// <summary>One thing that a drill expects to see, and, when it has run, what it saw.</summary>
public sealed record DrillHypothesis
{
    /// <summary>A short name; stable, scripts compare it.</summary>
    public required string Name { get; init; }

    /// <summary>What is expected, in a sentence.</summary>
    public required string Statement { get; init; }

    /// <summary>
    /// When it is looked for: <see cref="DrillPhase.Observation"/>, <see cref="DrillPhase.Recovery"/>, or
    /// <see cref="DrillPhase.Injection"/> for what has to hold meanwhile, and for how long it may take.
    /// </summary>
    public required DrillPhase Phase { get; init; }

    /// <summary>The probe that sees it.</summary>
    public required string Probe { get; init; }

    /// <summary>True for something that has to hold all the time, false for something that comes about.</summary>
    public bool Stays { get; init; }

    /// <summary>The earliest moment at which it may come about, after the injection or the healing began; null for any.</summary>
    public TimeSpan? Earliest { get; init; }

    /// <summary>
    /// The latest moment, after the injection or the healing was done, with the tolerance; for what has to hold, how long it is looked at.
    /// </summary>
    public required TimeSpan Latest { get; init; }

    /// <summary>What the times were computed from: <c>lease 15 s + 2.2 × retry 2 s</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>When it came about, or when it ceased to hold; null if neither was seen.</summary>
    public TimeSpan? Measured { get; init; }

    /// <summary>Whether it was so. Unknown before the drill, and if it could not be seen.</summary>
    public CheckStatus Status { get; init; } = CheckStatus.Unknown;

    /// <summary>What was seen, in a sentence; empty before the drill.</summary>
    public string Message { get; init; } = "";

    /// <summary>The expected time in words: <c>0-23 s</c>, <c>all of 23 s</c>, or <c>all the time</c> for as long as the rest takes.</summary>
    public string Expected => Stays && Latest == TimeSpan.Zero
        ? "all the time"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{(Stays ? "all of " : $"{(Earliest ?? TimeSpan.Zero).TotalSeconds:0.#}-")}{Latest.TotalSeconds:0.#} s");

    /// <summary>One line.</summary>
    public override string ToString() => $"{Name}: {Status}: {(Message.Length > 0 ? Message : Statement)}";
}
