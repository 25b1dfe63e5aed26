namespace ClusterHeal;

/// <summary>What the repair of a cluster did.</summary>
public sealed record ClusterRepairReport
{
    /// <summary>The id of the operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>True if every step healed what it was for, and no check that the repair was for fails any more.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>How it came out, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The steps in their order.</summary>
    public required ItemCollection<ClusterRepairStep> Steps { get; init; }

    /// <summary>What is still not well among the checks that the repair was for, each with the reason.</summary>
    public ItemCollection<ClusterRepairSymptom> NotRepaired { get; init; } = [];

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the first test to the last.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{ClusterName}: {Reason}";
}
