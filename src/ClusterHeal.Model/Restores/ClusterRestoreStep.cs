namespace ClusterHeal;

/// <summary>One step of a restore or of its undo, and how it went.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Message">What came out, or why it failed; null if the name says it all.</param>
public sealed record ClusterRestoreStep(string Name, CheckStatus Status, TimeSpan Duration, string? Message = null)
{
    /// <summary>When it began, from the beginning of the operation.</summary>
    public TimeSpan At { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => Message is null ? $"{Name}: {Status}" : $"{Name}: {Status} ({Message})";
}
