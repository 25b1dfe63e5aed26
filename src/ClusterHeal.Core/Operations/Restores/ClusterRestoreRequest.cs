using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The cluster restore that a user wants.</summary>
public sealed record ClusterRestoreRequest
{
    /// <summary>The snapshot file.</summary>
    public required string SnapshotPath { get; init; }

    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>The folder for the last snapshot of the current data.</summary>
    public required string LastSnapshotFolder { get; init; }

    /// <summary>The token of the new cluster; null for a fresh one, which is always right.</summary>
    public string? InitialClusterToken { get; init; }

    /// <summary>By how much the revision grows; null to compute it, 0 to leave it.</summary>
    public long? BumpRevision { get; init; }

    /// <summary>Names of members that will not come back. The new cluster is made without them.</summary>
    public IReadOnlyList<string> LostMembers { get; init; } = [];

    /// <summary>Accepts a file without its sha256, such as a copy of a member's <c>db</c>.</summary>
    public bool SkipHashCheck { get; init; }

    /// <summary>Restarts the kubelets at the end.</summary>
    public bool RestartKubelet { get; init; }

    /// <summary>Takes the hosts' locks from other operations.</summary>
    public bool Force { get; init; }

    /// <summary>How long the hosts wait for the operator before they recover by themselves.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a member may take to become ready, when its host heals by itself, before the other data are tried.</summary>
    public TimeSpan ReadyPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The operation to which this restore belongs, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }
}
