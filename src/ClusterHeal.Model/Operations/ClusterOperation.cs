namespace ClusterHeal;

/// <summary>An operation of ClusterHeal, as the journals of this machine and of the hosts have it.</summary>
public sealed record ClusterOperation
{
    /// <summary>Its id: when it began, and a random part.</summary>
    public required string OperationId { get; init; }

    /// <summary>What kind of operation it is.</summary>
    public required ClusterOperationKind Kind { get; init; }

    /// <summary>The cmdlet; empty if no journal tells.</summary>
    public string Operation { get; init; } = "";

    /// <summary>What it was done to: a member, a component, a drill, or the hosts.</summary>
    public string Target { get; init; } = "";

    /// <summary>Who began it, and on which machine; empty if nothing tells.</summary>
    public string Operator { get; init; } = "";

    /// <summary>When it began, by the clock of the machine that began it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last step was noted.</summary>
    public DateTimeOffset? LastStepAt { get; init; }

    /// <summary>Whether it runs, left something, or is over.</summary>
    public required ClusterOperationState State { get; init; }

    /// <summary>The hosts that it was on.</summary>
    public ItemCollection<string> HostName { get; init; } = [];

    /// <summary>Its last step, in words; null if no journal tells.</summary>
    public string? LastStep { get; init; }

    /// <summary>What of it is on the hosts, as a sentence; null if nothing is.</summary>
    public string? Left { get; init; }

    /// <summary>The command that takes it back, or brings back what it stopped; null if there is nothing to take back.</summary>
    public string? Undo { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"{Kind} {OperationId}: {State}";
}
