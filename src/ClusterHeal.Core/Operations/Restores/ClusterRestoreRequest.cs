using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What the user wants of a cluster restore.</summary>
public sealed record ClusterRestoreRequest
{
    /// <summary>The snapshot file.</summary>
    public required string SnapshotPath { get; init; }

    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>The folder for the last snapshot of the present data.</summary>
    public required string LastSnapshotFolder { get; init; }

    /// <summary>The token of the new cluster; null for a fresh one, which is always right.</summary>
    public string? InitialClusterToken { get; init; }

    /// <summary>How far to move the revision on; null to compute it, 0 to leave the revision.</summary>
    public long? BumpRevision { get; init; }

    /// <summary>Names of members that will not come back; the new cluster is made without them.</summary>
    public IReadOnlyList<string> LostMembers { get; init; } = [];

    /// <summary>Takes a file without its sha256, such as a copy of a member's <c>db</c>.</summary>
    public bool SkipHashCheck { get; init; }

    /// <summary>Restarts the kubelets at the end.</summary>
    public bool RestartKubelet { get; init; }

    /// <summary>Takes the hosts' locks from whoever has them.</summary>
    public bool Force { get; init; }

    /// <summary>How long the hosts wait for the operator before they bring themselves back.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a member may take to become ready, when its host heals by itself, before the other data are tried.</summary>
    public TimeSpan ReadyPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The operation of which this restore is a part, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }
}
