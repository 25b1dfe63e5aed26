using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>Which drills a user wants to be undone.</summary>
public sealed record FailureDrillUndoRequest
{
    /// <summary>The API server, as the user reaches it.</summary>
    public required KubernetesConnection Kubernetes { get; init; }

    /// <summary>The control-plane hosts, all of them.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>How the host of a node is logged in to, by the node's name.</summary>
    public required Func<string, HostConnection> NodeHost { get; init; }

    /// <summary>One drill; null for all that the hosts remember.</summary>
    public string? OperationId { get; init; }

    /// <summary>True to take another operation's lock.</summary>
    public bool Force { get; init; }

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
