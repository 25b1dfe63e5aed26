using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Which member of etcd to repair, and how.</summary>
public sealed record MemberRepairRequest
{
    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>The hosts of all members, as far as they are known; that of the member to repair may be missing if it moves.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>The host of the member, one of <see cref="Hosts"/>; null if the member is told by its name or ID.</summary>
    public string? HostName { get; init; }

    /// <summary>The member's name, or null.</summary>
    public string? MemberName { get; init; }

    /// <summary>The member's ID in hex, or null.</summary>
    public string? MemberId { get; init; }

    /// <summary>The host to which the member moves, one of <see cref="Hosts"/>; null if it stays.</summary>
    public string? ToHostName { get; init; }

    /// <summary>The folder for the snapshot from before.</summary>
    public required string SnapshotFolder { get; init; }

    /// <summary>Takes the hosts' locks from whoever has them, and repairs a member that looks well.</summary>
    public bool Force { get; init; }

    /// <summary>How long the host waits for the operator before it brings itself back.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a new member may come no nearer to the others before it is given up.</summary>
    public TimeSpan CatchUpPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The operation of which this repair is a part, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>How hosts are entered.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>Whether the user means this member.</summary>
    /// <param name="id">Its ID.</param>
    /// <param name="names">Its names.</param>
    internal bool Means(ulong id, params IEnumerable<string?> names) =>
        (MemberId is { } wanted && wanted.TrimStart('0').Equals(EtcdId.Hex(id), StringComparison.OrdinalIgnoreCase))
        || (MemberId is null && MemberName is { Length: > 0 } name && names.Contains(name));
}
