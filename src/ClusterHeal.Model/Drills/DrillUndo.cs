namespace ClusterHeal;

/// <summary>What was taken back of one drill that did not come to its end.</summary>
public sealed record DrillUndo
{
    /// <summary>The drill.</summary>
    public required DrillName Drill { get; init; }

    /// <summary>The operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster's name, as whoever began the drill called it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Who began it, and on which machine.</summary>
    public required string Operator { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>True if nothing of the drill is left.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>What was done, line by line.</summary>
    public required ItemCollection<string> Step { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{Drill} drill {OperationId}: {(Succeeded ? "undone" : "not undone whole")}";
}
