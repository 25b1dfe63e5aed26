using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The change of components that a user wants, on one host or several.</summary>
public sealed record ComponentChange
{
    /// <summary>What to do.</summary>
    public required ComponentAction Action { get; init; }

    /// <summary>The hosts, and the components of each.</summary>
    public required IReadOnlyList<HostComponents> Targets { get; init; }

    /// <summary>After this time the host starts again by itself what was stopped; zero for never.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>True to wait until a started component answers, not only until it runs. A stop always waits until the component is down.</summary>
    public bool Wait { get; init; }

    /// <summary>True to return the status afterwards.</summary>
    public bool PassThru { get; init; }

    /// <summary>True to take another operation's lock, and to ask instead of refuse if a safety rule says no.</summary>
    public bool Force { get; init; }

    /// <summary>How long a component may take to go down or to come up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How many hosts are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>The cluster's name for questions, or null if none is known.</summary>
    public string? Cluster { get; init; }

    /// <summary>Other known hosts of the control plane. Their API servers are asked before one is stopped.</summary>
    public IReadOnlyList<HostConnection> ControlPlane { get; init; } = [];

    /// <summary>The operation to which this change belongs, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>The folder of the journal on this machine.</summary>
    public string JournalFolder { get; init; } = OperationJournal.DefaultFolder;
}
