using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Healing;

/// <summary>The repair that a user wants.</summary>
public sealed record ClusterRepairRequest
{
    /// <summary>Where to look.</summary>
    public required HealthSources Sources { get; init; }

    /// <summary>The checks and their limits.</summary>
    public required HealthOptions Options { get; init; }

    /// <summary>The results whose checks are repaired; null for all that fail.</summary>
    public IReadOnlyList<CheckResult>? Checks { get; init; }

    /// <summary>The nodes that are certainly off, as the user says.</summary>
    public IReadOnlyList<string> NodesOff { get; init; } = [];

    /// <summary>How to log in to the host of a node, by the node's name.</summary>
    public required Func<string, HostConnection> NodeHost { get; init; }

    /// <summary>The folder for the snapshots that are saved before a member is repaired.</summary>
    public required string SnapshotFolder { get; init; }

    /// <summary>The files for a report. The ending of each says its form.</summary>
    public IReadOnlyList<string> ReportPath { get; init; } = [];

    /// <summary>True to take another operation's lock.</summary>
    public bool Force { get; init; }

    /// <summary>How long a check may take to pass after a step.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
