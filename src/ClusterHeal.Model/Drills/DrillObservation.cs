using System.Globalization;

namespace ClusterHeal;

/// <summary>What a probe saw. Equal answers that followed each other are one observation.</summary>
public sealed record DrillObservation
{
    /// <summary>What the drill was at.</summary>
    public required DrillPhase Phase { get; init; }

    /// <summary>The probe.</summary>
    public required string Probe { get; init; }

    /// <summary>What it saw; a question mark and the reason if it could see nothing.</summary>
    public required string Value { get; init; }

    /// <summary>When the first of these answers came, since the drill began.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>When the last of them came.</summary>
    public required TimeSpan Until { get; init; }

    /// <summary>How many answers these are.</summary>
    public int Count { get; init; } = 1;

    /// <summary>One line: <c>12.3 s pod 'late': Pending (14 times)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.0} s {Probe}: {Value} ({Count} times)");
}
