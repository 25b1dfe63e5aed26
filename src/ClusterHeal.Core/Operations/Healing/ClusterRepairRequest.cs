using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Healing;

/// <summary>What a user wants to be repaired.</summary>
public sealed record ClusterRepairRequest
{
    /// <summary>Where to look.</summary>
    public required HealthSources Sources { get; init; }

    /// <summary>What to look at, and from where on something is wrong.</summary>
    public required HealthOptions Options { get; init; }

    /// <summary>The results whose checks are repaired; null for all that fail.</summary>
    public IReadOnlyList<CheckResult>? Checks { get; init; }

    /// <summary>The nodes of which the user says that they are surely off.</summary>
    public IReadOnlyList<string> NodesOff { get; init; } = [];

    /// <summary>How the host of a node is logged in to, by the node's name.</summary>
    public required Func<string, HostConnection> NodeHost { get; init; }

    /// <summary>The folder for the snapshots that a repair of a member saves before.</summary>
    public required string SnapshotFolder { get; init; }

    /// <summary>The files for a report, each in the form that its ending says.</summary>
    public IReadOnlyList<string> ReportPath { get; init; } = [];

    /// <summary>True to take another operation's lock.</summary>
    public bool Force { get; init; }

    /// <summary>How long a check may take to pass after a step.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
