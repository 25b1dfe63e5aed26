using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Which repair to take back.</summary>
public sealed record MemberRepairUndoRequest
{
    /// <summary>The hosts of all members, as far as they are known.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>The id of the repair; null for the last one that nobody finished.</summary>
    public string? OperationId { get; init; }

    /// <summary>Takes the hosts' locks from whoever has them.</summary>
    public bool Force { get; init; }

    /// <summary>How long the host waits for the operator before it brings itself back.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }
}
