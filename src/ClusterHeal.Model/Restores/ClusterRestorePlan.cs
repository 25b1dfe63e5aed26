using System.Globalization;

namespace ClusterHeal;

/// <summary>What a restore of a cluster will do, computed from the snapshot and the live hosts before anything is touched.</summary>
public sealed record ClusterRestorePlan
{
    /// <summary>The id of the operation. The journals, the folders on the hosts and the data that was moved aside have it in their names.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>What is made of the snapshot: one database for all members.</summary>
    public required EtcdRestorePlan Data { get; init; }

    /// <summary>The hosts, one for each member.</summary>
    public required ItemCollection<ClusterRestoreHost> Hosts { get; init; }

    /// <summary>Names of members that are left out because they will not come back.</summary>
    public required ItemCollection<string> LostMembers { get; init; }

    /// <summary>The highest revision that a member answered, or null if none did.</summary>
    public required long? LiveRevision { get; init; }

    /// <summary>Where a last snapshot of the present data is saved; null if no member answers.</summary>
    public required string? LastSnapshotPath { get; init; }

    /// <summary>How long the hosts wait for the operator, from the first stop on, before they recover by themselves.</summary>
    public required TimeSpan HealAfter { get; init; }

    /// <summary>Whether the kubelets are restarted at the end.</summary>
    public required bool RestartKubelet { get; init; }

    /// <summary>
    /// What the restore takes away, takes back and brings back, by resource and namespace, without events, leases and endpoint slices. Null if no
    /// member could be asked what there is.
    /// </summary>
    public ItemCollection<EtcdSnapshotDifferenceCount>? Differences { get; init; }

    /// <summary>When the snapshot was saved, by its manifest; null if it has none.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>The snapshot file and its revision.</summary>
    public string Snapshot => $"'{Data.Path}' at revision {Data.SnapshotRevision}";

    /// <summary>What the cluster loses: what was made or changed after the snapshot.</summary>
    public string Loses => Differences is { } differences
        ? $"{differences.Sum(d => d.Added)} objects that came later, and the later changes of {differences.Sum(d => d.Changed)}; {differences.Sum(d => d.Deleted)} come back"
        : LiveRevision is { } live
            ? $"everything after revision {Data.SnapshotRevision}; the members are at {live}"
            : $"everything after revision {Data.SnapshotRevision}; no member could be asked what that is";

    /// <summary>What stands still meanwhile, and for how long at most.</summary>
    public string Stops => string.Create(
        CultureInfo.InvariantCulture,
        $"etcd and the API servers on {string.Join(", ", Hosts.Select(h => h.HostName))} until the new data serve; without the operator {HealAfter:g} at most. Pods run on");

    /// <summary>The plan as sentences, one step each.</summary>
    public ItemCollection<string> Steps => [.. Describe()];

    private IEnumerable<string> Describe()
    {
        var hosts = string.Join(", ", Hosts.Select(h => h.ToString()));
        foreach (var line in Data.Describe()) yield return line;
        var revision = Data.SnapshotRevision + Data.BumpRevision;
        if (LiveRevision > revision)
        {
            yield return $"The members are at revision {LiveRevision} already: who saw more than {revision}, such as Kubernetes' caches and watches, has to be restarted.";
        }

        if (Differences is { } differences)
        {
            yield return $"Of the objects that live now, take away {differences.Sum(d => d.Added)}, take back {differences.Sum(d => d.Changed)} to what they were, "
                + $"and leave {differences.Sum(d => d.Unchanged)} as they are; "
                + $"bring back {differences.Sum(d => d.Deleted)} that are gone (Compare-EtcdSnapshot lists them).";
        }

        if (LostMembers.Length > 0)
        {
            yield return $"Leave out {string.Join(", ", LostMembers)}, which must not start again with the old data; the new cluster has {Hosts.Length} member(s).";
        }

        yield return $"Copy it beside the present data on {hosts}, and compare its hash there.";
        yield return LastSnapshotPath is null
            ? "No member answers, so no last snapshot of the present data can be taken; the data itself is kept."
            : $"Save the present data to '{LastSnapshotPath}'.";
        foreach (var line in DescribeHosts(Hosts, OperationId, HealAfter)) yield return line;
        yield return $"Start etcd everywhere and prove it: one leader, cluster {Data.ClusterId}, equal hashes, no alarms. If it does not come up, put everything back.";
        yield return "Start the API servers, then controller managers and schedulers, and wait until each API server is ready.";
        if (RestartKubelet) yield return $"Restart the kubelets on {string.Join(", ", Hosts.Select(h => h.HostName))}.";
        yield return $"Undo-EtcdRestore -OperationId {OperationId} puts the present data back later.";
    }

    /// <summary>What a restore stops and moves on hosts, whatever the snapshot, as sentences.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="healAfter">How long the hosts wait for the operator.</param>
    public static IEnumerable<string> DescribeHosts(IReadOnlyList<ClusterRestoreHost> hosts, string operationId, TimeSpan healAfter)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"Have each host recover by itself if nobody comes back within {healAfter:g}.");
        foreach (var host in hosts)
        {
            var control = string.Join(", ", host.ControlPlane.AsEnumerable().Reverse().Select(c => c.Source));
            if (control.Length > 0) yield return $"Stop on {host.HostName}: {control}.";
        }

        foreach (var host in hosts) yield return $"Stop etcd on {host.HostName} ({host.Etcd.Source}).";
        foreach (var host in hosts)
        {
            yield return $"Move '{host.DataDirectory}/member' aside on {host.HostName}, to 'member.clusterheal-{operationId}.old', and put the new data in its place.";
        }
    }

    /// <summary>One line.</summary>
    public override string ToString() => $"restore of '{Data.Path}' to {ClusterName}: {string.Join(", ", Hosts.Select(h => h.ToString()))}";
}
