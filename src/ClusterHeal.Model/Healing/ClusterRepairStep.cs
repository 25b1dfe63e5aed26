namespace ClusterHeal;

/// <summary>One step of the repair of a cluster.</summary>
public sealed record ClusterRepairStep
{
    /// <summary>What it does, in words.</summary>
    public required string Action { get; init; }

    /// <summary>The command that does the same.</summary>
    public required string Command { get; init; }

    /// <summary>The failed checks that it is for, as <c>check target</c>.</summary>
    public required ItemCollection<string> Checks { get; init; }

    /// <summary>How it went.</summary>
    public ClusterRepairStepOutcome Outcome { get; init; }

    /// <summary>Why it went so; null if there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>When it began, from the beginning of the repair.</summary>
    public TimeSpan At { get; init; }

    /// <summary>How long it took, with the test after it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{Action}: {Outcome}" + (Reason is null ? "" : $" ({Reason})");
}
