namespace ClusterHeal.Operations;

/// <summary>The outcome for an object.</summary>
/// <param name="Outcome">The outcome.</param>
internal sealed record RestoreOutcome(ClusterObjectOutcome Outcome)
{
    /// <summary>The uid of the live object; empty if there is none.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What differs from the stored object.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What differs between the live object and the stored one.</summary>
    public IReadOnlyList<ClusterObjectChange> Changes { get; init; } = [];

    /// <summary>Why it was left out or failed, as a sentence.</summary>
    public string? Problem { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>The kind of failure.</summary>
    public FaultCategory Category { get; init; } = FaultCategory.InvalidOperation;
}
