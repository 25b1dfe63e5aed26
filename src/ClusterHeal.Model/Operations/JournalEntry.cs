namespace ClusterHeal;

/// <summary>One line of a journal: a step that an operation was about to take.</summary>
public sealed record JournalEntry
{
    /// <summary>When, by the clock of the operator's machine.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The operation: its start and a random part, such as <c>20261122T161523Z-9f3a1c</c>.</summary>
    public required string OperationId { get; init; }

    /// <summary>What kind of operation it is: the cmdlet's name.</summary>
    public required string Operation { get; init; }

    /// <summary>Who, and on which machine.</summary>
    public required string Operator { get; init; }

    /// <summary>The host that the step was for, as the operator named it.</summary>
    public string? HostName { get; init; }

    /// <summary>The step, in words: <c>stop etcd.service</c>.</summary>
    public required string Step { get; init; }
}
