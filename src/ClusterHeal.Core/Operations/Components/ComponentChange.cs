using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>What a user wants to be done with components, on one host or several.</summary>
public sealed record ComponentChange
{
    /// <summary>What to do.</summary>
    public required ComponentAction Action { get; init; }

    /// <summary>The hosts, and what on each.</summary>
    public required IReadOnlyList<HostComponents> Targets { get; init; }

    /// <summary>How long the host waits before it starts again by itself what was stopped; zero for never.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>True to wait until a started component answers, not just runs. Until a stopped one is down is always waited.</summary>
    public bool Wait { get; init; }

    /// <summary>True to hand out the status afterwards.</summary>
    public bool PassThru { get; init; }

    /// <summary>True to take another operation's lock and to be asked, not refused, where a safety rule says no.</summary>
    public bool Force { get; init; }

    /// <summary>How long a component may take to go down or to come up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How many hosts are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>The cluster's name for questions, or null where none is known.</summary>
    public string? Cluster { get; init; }

    /// <summary>Other hosts of the control plane, as far as they are known: their API servers are asked before one is stopped.</summary>
    public IReadOnlyList<HostConnection> ControlPlane { get; init; } = [];

    /// <summary>The operation of which this change is a part, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
