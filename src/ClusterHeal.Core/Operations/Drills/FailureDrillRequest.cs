using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>The drill that a user wants.</summary>
public sealed record FailureDrillRequest
{
    /// <summary>The drill.</summary>
    public required DrillName Drill { get; init; }

    /// <summary>How the user reaches the API server.</summary>
    public required KubernetesConnection Kubernetes { get; init; }

    /// <summary>The control-plane hosts, all of them.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>How to log in to the host of a node, by the node's name.</summary>
    public required Func<string, HostConnection> NodeHost { get; init; }

    /// <summary>The affected hosts or nodes; none for the drill's own choice.</summary>
    public IReadOnlyList<string> TargetName { get; init; } = [];

    /// <summary>The time after which the hosts bring back what was stopped; null for a time that fits what is expected.</summary>
    public TimeSpan? HealAfter { get; init; }

    /// <summary>How much later or earlier than computed something may be seen.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The image of the canary, which must answer HTTP on port 80.</summary>
    public string Image { get; init; } = "nginx:stable-alpine";

    /// <summary>True to take another operation's lock, and to run drills for practice clusters on any cluster.</summary>
    public bool Force { get; init; }

    /// <summary>The files for a report. The ending of each says its form.</summary>
    public IReadOnlyList<string> ReportPath { get; init; } = [];

    /// <summary>The pause between two questions of a probe.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
