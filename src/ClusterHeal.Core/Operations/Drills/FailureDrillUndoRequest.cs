using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>The drills that a user wants to undo.</summary>
public sealed record FailureDrillUndoRequest
{
    /// <summary>How the user reaches the API server.</summary>
    public required KubernetesConnection Kubernetes { get; init; }

    /// <summary>The control-plane hosts, all of them.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>How to log in to the host of a node, by the node's name.</summary>
    public required Func<string, HostConnection> NodeHost { get; init; }

    /// <summary>One drill; null for all on record.</summary>
    public string? OperationId { get; init; }

    /// <summary>True to take another operation's lock.</summary>
    public bool Force { get; init; }

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
