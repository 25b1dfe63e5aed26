using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>The repair to revert.</summary>
public sealed record MemberRepairUndoRequest
{
    /// <summary>The known hosts of all members.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>The ID of the repair; null for the last unfinished one.</summary>
    public string? OperationId { get; init; }

    /// <summary>Takes the hosts' locks from other operations.</summary>
    public bool Force { get; init; }

    /// <summary>How long the host waits for the operator before it recovers by itself.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }
}
