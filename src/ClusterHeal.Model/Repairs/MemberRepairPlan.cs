using System.Globalization;

namespace ClusterHeal;

/// <summary>What the repair of an etcd member will do, computed from the live cluster before anything is touched.</summary>
public sealed record MemberRepairPlan
{
    /// <summary>The id of the operation. It is in the names of the journals, of the folder on the host and of the data that are moved aside.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The host on which the member runs afterwards.</summary>
    public required string HostName { get; init; }

    /// <summary>The name of the member.</summary>
    public required string MemberName { get; init; }

    /// <summary>The ID of the member that is replaced, in hex as etcdctl prints it; null if the cluster does not list it any more.</summary>
    public string? FormerId { get; init; }

    /// <summary>The name of the member that is replaced, if it is another one than <see cref="MemberName"/>.</summary>
    public string? FormerName { get; init; }

    /// <summary>What is wrong with the member.</summary>
    public required string Finding { get; init; }

    /// <summary>The URLs at which the other members reach it.</summary>
    public required ItemCollection<string> PeerUrls { get; init; }

    /// <summary>The members that serve, and whose data the member gets.</summary>
    public required ItemCollection<string> OtherMembers { get; init; }

    /// <summary>The data directory of the member.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the write-ahead log if it is not inside the data directory, otherwise null.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>How etcd is run there: the unit or the manifest.</summary>
    public required string Source { get; init; }

    /// <summary>The file that gets the settings of a first start.</summary>
    public required string SettingsPath { get; init; }

    /// <summary>The members that a first start has to know: <c>name=url,name=url</c>.</summary>
    public required string InitialCluster { get; init; }

    /// <summary>True if it joins as a learner, which has no vote until it has caught up. Servers before 3.4 know none.</summary>
    public required bool AsLearner { get; init; }

    /// <summary>True if the member is the leader now, which hands over first.</summary>
    public required bool IsLeader { get; init; }

    /// <summary>Where a proven snapshot of the cluster is saved first.</summary>
    public required string SnapshotPath { get; init; }

    /// <summary>How long the host waits for the operator before it recovers by itself.</summary>
    public required TimeSpan HealAfter { get; init; }

    /// <summary>What the user has to know or do besides.</summary>
    public ItemCollection<string> Notes { get; init; } = [];

    /// <summary>The plan as sentences, one step each.</summary>
    public ItemCollection<string> Steps => [.. Describe()];

    private IEnumerable<string> Describe()
    {
        yield return $"Member '{FormerName ?? MemberName}': {Finding}";
        yield return $"Save a snapshot of the cluster to '{SnapshotPath}'.";
        yield return string.Create(CultureInfo.InvariantCulture, $"Have {HostName} recover by itself if nobody comes back within {HealAfter:g}.");
        if (IsLeader) yield return "Hand the leadership over to another member.";
        yield return $"Stop etcd on {HostName} ({Source}).";
        yield return $"Write initial-cluster '{InitialCluster}' and initial-cluster-state 'existing' to '{SettingsPath}'; what is there now is kept.";
        yield return $"Move '{DataDirectory}/member' aside on {HostName}, to 'member.clusterheal-{OperationId}.old'.";
        if (FormerId is not null) yield return $"Remove the member {FormerId} from the cluster of {string.Join(", ", OtherMembers)}.";
        yield return AsLearner
            ? $"Add '{MemberName}' ({string.Join(", ", PeerUrls)}) as a learner, start it, wait until it has caught up, and promote it."
            : $"Add '{MemberName}' ({string.Join(", ", PeerUrls)}) as a voter, as this etcd knows no learners, and start it.";
        yield return "Prove it: one leader, all voters started, equal hashes, no alarms.";
        foreach (var note in Notes) yield return note;
        yield return $"Undo-EtcdMemberRepair -OperationId {OperationId} takes back a repair that was interrupted.";
    }

    /// <summary>One line.</summary>
    public override string ToString() => $"repair of etcd member '{MemberName}' on {HostName} ({ClusterName})";
}
