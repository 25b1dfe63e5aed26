using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Which member of etcd to repair, and how.</summary>
public sealed record MemberRepairRequest
{
    /// <summary>The cluster's name for prompts and reports.</summary>
    public required string Cluster { get; init; }

    /// <summary>The known hosts of all members; that of the member to repair may be missing if the member moves.</summary>
    public required IReadOnlyList<HostConnection> Hosts { get; init; }

    /// <summary>The host of the member, one of <see cref="Hosts"/>; null if the member is given by its name or ID.</summary>
    public string? HostName { get; init; }

    /// <summary>The member's name, or null.</summary>
    public string? MemberName { get; init; }

    /// <summary>The member's ID in hex, or null.</summary>
    public string? MemberId { get; init; }

    /// <summary>The host to which the member moves, one of <see cref="Hosts"/>; null if it stays.</summary>
    public string? ToHostName { get; init; }

    /// <summary>The folder for the snapshot that is saved before the repair.</summary>
    public required string SnapshotFolder { get; init; }

    /// <summary>Takes the hosts' locks from other operations, and repairs a member that looks healthy.</summary>
    public bool Force { get; init; }

    /// <summary>How long the host waits for the operator before it recovers by itself.</summary>
    public TimeSpan HealAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a new member may make no progress before the repair gives up.</summary>
    public TimeSpan CatchUpPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The operation to which this repair belongs, and which holds the locks of the hosts; null for an operation of its own.</summary>
    public OperationJournal? Journal { get; init; }

    /// <summary>Opens a shell on a host.</summary>
    public required Func<HostConnection, IHostShell> OpenShell { get; init; }

    /// <summary>Whether this is the member that the user named.</summary>
    /// <param name="id">Its ID.</param>
    /// <param name="names">Its names.</param>
    internal bool Means(ulong id, params IEnumerable<string?> names) =>
        (MemberId is { } wanted && wanted.TrimStart('0').Equals(EtcdId.Hex(id), StringComparison.OrdinalIgnoreCase))
        || (MemberId is null && MemberName is { Length: > 0 } name && names.Contains(name));
}
