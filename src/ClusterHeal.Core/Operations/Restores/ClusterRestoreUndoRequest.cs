using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The undo that a user wants.</summary>
public sealed record ClusterRestoreUndoRequest
{
    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The id of the restore, or null for the last one.</summary>
    public string? OperationId { get; init; }

    /// <summary>Takes the hosts' locks from other operations.</summary>
    public bool Force { get; init; }

    /// <summary>How long the hosts wait for the operator before they recover by themselves.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);
}
