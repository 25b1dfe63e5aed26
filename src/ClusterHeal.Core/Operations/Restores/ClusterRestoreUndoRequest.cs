using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What the user wants undone.</summary>
public sealed record ClusterRestoreUndoRequest
{
    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The id of the restore, or null for the last one.</summary>
    public string? OperationId { get; init; }

    /// <summary>Takes the hosts' locks from whoever has them.</summary>
    public bool Force { get; init; }

    /// <summary>How long the hosts wait for the operator before they bring themselves back.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);
}
