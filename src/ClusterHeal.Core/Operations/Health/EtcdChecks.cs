namespace ClusterHeal.Operations;

/// <summary>etcd. The limits of size and fragmentation are those of etcd's own alerts (contrib/mixin/alerts).</summary>
internal static class EtcdChecks
{
    private const long UsualQuota = 2L << 30;
    private const long WorthDefragmenting = 100L << 20;
    private const long LagThatMatters = 1000;

    /// <summary>If it is so far behind, etcd itself refuses writes (v3_server.go, maxGapBetweenApplyAndCommitIndex).</summary>
    private const long LagThatStops = 5000;

    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        Check("EtcdMembers", Members),
        Check("EtcdQuorum", Quorum),
        Check("EtcdVoters", Voters),
        Check("EtcdLeader", Leader),
        Check("EtcdCluster", SameCluster),
        Check("EtcdRaftLag", Lag),
        Check("EtcdRevision", SameRevision),
        Check("EtcdHash", SameHash),
        Check("EtcdAlarms", Alarms),
        Check("EtcdSize", Sizes),
        Check("EtcdFragmentation", Fragmentation),
        Check("EtcdVersion", Version),
        Check("EtcdLearners", Learners),
    ];

    private static HealthCheck Check(string name, Func<EtcdFacts, string, IEnumerable<Finding>> judge) =>
        new(HealthArea.Etcd, name, HealthSource.Etcd, facts => judge(facts.Etcd!, facts.ClusterName));

    private static IEnumerable<Finding> Members(EtcdFacts etcd, string cluster) => Finding.OrPass(
        etcd.Members.Where(m => !EtcdFacts.IsServing(m)).Select(m => m.IsStarted || !m.IsLearner
            ? Finding.Fail(
                EtcdFacts.NameOf(m),
                $"It does not serve: {m.Error}",
                "Start it on its host (Start-ControlPlaneComponent Etcd), or replace it.",
                [.. m.ClientUrls.Length > 0 ? m.ClientUrls : m.PeerUrls])
            : Finding.Warning(
                EtcdFacts.NameOf(m),
                "It was added to the cluster and has never joined.",
                "Start it, or remove it from the cluster ('etcdctl member remove').",
                [.. m.PeerUrls])),
        cluster,
        $"All {etcd.Members.Count} members answer reads that a quorum confirms.");

    private static IEnumerable<Finding> Quorum(EtcdFacts etcd, string cluster)
    {
        var (voters, healthy, quorum) = (etcd.Voters.Count(), etcd.HealthyVoters, etcd.Quorum);
        if (healthy < quorum)
        {
            yield return Finding.Fail(
                cluster,
                $"{healthy} of {voters} voters serve, and {quorum} are needed: nothing can be changed in this cluster.",
                "Bring members back. Where they are lost for good, restore a snapshot (Restore-EtcdSnapshot).");
        }
        else if (healthy < voters && healthy == quorum)
        {
            yield return Finding.Warning(
                cluster,
                $"{healthy} of {voters} voters serve, just the quorum: the next failure ends it.",
                "Bring the missing members back, and stop nothing until then.");
        }
        else
        {
            yield return Finding.Pass(cluster, $"{healthy} of {voters} voters serve; it stands {Failures(healthy - quorum)}.");
        }
    }

    private static IEnumerable<Finding> Voters(EtcdFacts etcd, string cluster)
    {
        var voters = etcd.Voters.Count();
        yield return voters > 0 && voters % 2 == 0
            ? Finding.Warning(
                cluster,
                $"It has {voters} voters, an even number, and stands no more failures than {voters - 1} would.",
                "Add a member or remove one.")
            : Finding.Pass(cluster, $"It has {voters} voters, an odd number.");
    }

    private static IEnumerable<Finding> Leader(EtcdFacts etcd, string cluster)
    {
        var views = etcd.Views.Select(v => $"{v.Endpoint}: leader {v.Leader}, term {v.Term}").ToArray();
        var leaderless = etcd.Views.Where(v => v.Leader == "0").ToList();
        if (leaderless.Count > 0)
        {
            return leaderless.Select(v => Finding.Fail(
                v.Endpoint,
                "It knows no leader.",
                "Look at the members that do not answer, and at the network between the members (port 2380).",
                views));
        }

        return etcd.Views.Select(v => v.Leader).Distinct().Count() > 1
            ? [Finding.Warning(cluster, Parted, "Ask again in some seconds.", views)]
            : [Finding.Pass(cluster, "All its members follow the same leader.", views)];
    }

    private static IEnumerable<Finding> SameCluster(EtcdFacts etcd, string cluster)
    {
        var ids = etcd.Views.Select(v => v.ClusterId).Distinct().ToArray();
        yield return ids.Length > 1
            ? Finding.Fail(
                cluster,
                "The endpoints belong to different clusters.",
                "Compare them with those of the API servers (--etcd-servers). A member that was restored alone has a cluster of its own.",
                [.. etcd.Views.Select(v => $"{v.Endpoint}: cluster {v.ClusterId}")])
            : Finding.Pass(cluster, "All endpoints belong to one cluster.", ids);
    }

    private static IEnumerable<Finding> Lag(EtcdFacts etcd, string cluster)
    {
        var answering = etcd.Members.Where(m => m.RaftAppliedIndex is not null).ToArray();
        var head = answering.Max(m => m.RaftIndex) ?? 0;
        return Finding.OrPass(
            answering.Where(m => head - m.RaftAppliedIndex > LagThatMatters).Select(m => (head - m.RaftAppliedIndex > LagThatStops
                ? Finding.Fail(EtcdFacts.NameOf(m), $"It is {head - m.RaftAppliedIndex} entries behind.", Slow)
                : Finding.Warning(EtcdFacts.NameOf(m), $"It is {head - m.RaftAppliedIndex} entries behind.", Slow))),
            cluster,
            "No member lags behind.");
    }

    private const string Slow = "Look at its disk (fsync times) and its network.";
    private const string Parted = "Its members do not name the same leader: an election is going on, or they are parted.";
    private const string SaveFirst = "Save a snapshot of each member first.";
    private const string JoinAnew = "Remove the member, and let it join again with an empty data directory.";

    private static IEnumerable<Finding> SameRevision(EtcdFacts etcd, string cluster)
    {
        if (etcd.Members.Count == 1) return [Finding.Pass(cluster, "It has one member, which there is nothing to compare with.")];
        var lines = etcd.Readings.Select(r => $"{r.Member}: revision {r.Revision}").ToArray();
        if (etcd.Readings.Count < 2)
        {
            const string Said = "Too few members answer a read that a quorum confirms.";
            return [Finding.Unknown(cluster, Said, "See to the members first (EtcdMembers).", lines)];
        }

        // They may all be further by now. None can be behind the revision that one of them had reached.
        var behind = etcd.Readings.Where(r => r.Revision < etcd.ReachedBefore).ToArray();
        return behind.Length == 0
            ? [Finding.Pass(cluster, $"{etcd.Readings.Count} members have reached revision {etcd.ReachedBefore}.", lines)]
            :
            [
                Finding.Fail(
                    cluster,
                    $"One member had reached revision {etcd.ReachedBefore} before, and by reads that a quorum confirms "
                        + $"{string.Join(" and ", behind.Select(r => $"{r.Member} is at {r.Revision}"))}: they do not hold the same data.",
                    $"{SaveFirst} Members that were restored from different snapshots are like that: restore all of them from one "
                        + $"(Restore-EtcdSnapshot). Otherwise take the one that differs: {JoinAnew}",
                    lines),
            ];
    }

    private static IEnumerable<Finding> SameHash(EtcdFacts etcd, string cluster)
    {
        if (etcd.Members.Count == 1) return [Finding.Pass(cluster, "It has one member, which there is nothing to compare with.")];
        string[] lines = [.. etcd.Hashes.Select(h => $"{h.Member}: {h.Obstacle ?? $"{h.Hash}, compacted at {h.CompactRevision}"}")];
        var groups = etcd.Hashes.Where(h => h.Obstacle is null).GroupBy(h => h.CompactRevision).OrderByDescending(g => g.Count()).ToList();
        if (groups.Find(g => g.DistinctBy(h => h.Hash).Count() > 1) is { } different) return Corrupt(etcd, cluster, [.. different], lines);
        if (groups.Count == 0 || groups[0].Count() == 1)
        {
            const string Said = "Too few members gave a hash that can be compared.";
            return [Finding.Unknown(cluster, Said, "Ask again: a member was compacting, or does not answer.", lines)];
        }

        return
        [
            Finding.Pass(cluster, $"At revision {etcd.HashRevision} {groups[0].Count()} members hold the same data.", lines),
            .. etcd.Hashes.Except(groups[0]).Select(h => Finding.Unknown(
                h.Member,
                $"It gave no hash that can be compared: {h.Obstacle ?? $"it counts from revision {h.CompactRevision} on"}.",
                "Ask again; where it stays so, look at its log.",
                lines)),
        ];
    }

    /// <summary>Names the corrupt members if a majority of all members agrees against them.</summary>
    private static IEnumerable<Finding> Corrupt(EtcdFacts etcd, string cluster, EtcdHash[] hashes, string[] lines)
    {
        var agreeing = hashes.GroupBy(h => h.Hash).MaxBy(g => g.Count())!;
        return agreeing.Count() >= etcd.Quorum
            ? hashes.Except(agreeing).Select(h => Finding.Fail(
                h.Member,
                $"At revision {etcd.HashRevision} it holds other data than {agreeing.Count()} members that agree: it is corrupt.",
                $"{SaveFirst} Then: {JoinAnew}",
                lines))
            :
            [
                Finding.Fail(
                    cluster,
                    $"At revision {etcd.HashRevision} its members hold different data: at least one is corrupt.",
                    $"{SaveFirst} Then find out which is right, and take the others: {JoinAnew}",
                    lines),
            ];
    }

    private static IEnumerable<Finding> Alarms(EtcdFacts etcd, string cluster) => etcd.AlarmsUnseen is { } unseen
        ? [Finding.Unknown(cluster, $"Whether an alarm is raised is not known. {unseen}", "Ask as a user with the role root, when etcd has its quorum.")]
        : RaisedAlarms(etcd, cluster);

    private static IEnumerable<Finding> RaisedAlarms(EtcdFacts etcd, string cluster) => Finding.OrPass(
        etcd.Members.SelectMany(m => m.Alarms.Select(alarm => alarm == "NOSPACE"
            ? Finding.Fail(
                EtcdFacts.NameOf(m),
                "It has the alarm NOSPACE: the whole cluster takes no more writes.",
                "Clear-EtcdAlarm says what fills it, compacts, defragments each member, and clears the alarm.")
            : Finding.Fail(
                EtcdFacts.NameOf(m),
                $"It has the alarm {alarm}: the whole cluster takes no more writes.",
                "See which member differs (EtcdHash), repair it (Repair-EtcdMember), and then clear the alarm (Clear-EtcdAlarm)."))),
        cluster,
        "No alarm is raised.");

    private static IEnumerable<Finding> Sizes(EtcdFacts etcd, string cluster) => etcd.Members.Where(m => m.DbSize is not null).Select(Size);

    private static Finding Size(EtcdMember member)
    {
        var (name, size, quota) = (EtcdFacts.NameOf(member), member.DbSize!.Value, member.DbSizeQuota ?? UsualQuota);
        if (quota < 0) return Finding.Pass(name, $"Its database has {size >> 20} MiB, and no quota.");
        var share = (double)size / quota;
        if (member.DbSizeQuota is null && share > 1)
        {
            return Finding.Unknown(
                name,
                $"Its database has {size >> 20} MiB, more than the usual quota, and what its own is it does not say.",
                "Compare it with --quota-backend-bytes on its host.");
        }

        var whose = member.DbSizeQuota is null ? "the usual quota" : "its quota";
        var said = $"Its database has {size >> 20} MiB, {share:P0} of {whose} of {quota >> 20} MiB.";
        const string Remedy =
            "Find what grows (Get-EtcdSnapshot counts by resource), defragment (Optimize-EtcdMember), or raise --quota-backend-bytes.";
        return share > 0.95 ? Finding.Fail(name, said, Remedy)
            : share > 0.8 ? Finding.Warning(name, said, Remedy)
            : Finding.Pass(name, said);
    }

    private static IEnumerable<Finding> Fragmentation(EtcdFacts etcd, string cluster) => Finding.OrPass(
        etcd.Members.Where(m => m.DbSize > WorthDefragmenting && m.DbSizeInUse < m.DbSize / 2).Select(m => Finding.Warning(
            EtcdFacts.NameOf(m),
            $"Of its {m.DbSize >> 20} MiB only {m.DbSizeInUse >> 20} are in use.",
            "Optimize-EtcdMember defragments one member after another, the leader last; each stands still meanwhile.")),
        cluster,
        $"No member has a database of more than {WorthDefragmenting >> 20} MiB of which less than half is in use.");

    private static IEnumerable<Finding> Version(EtcdFacts etcd, string cluster)
    {
        var versions = etcd.Members.Where(m => m.Version is not null).ToLookup(m => m.Version!);
        yield return versions.Count > 1
            ? Finding.Warning(
                cluster,
                $"Its members run different versions: {string.Join(", ", versions.Select(v => v.Key).Order(StringComparer.Ordinal))}.",
                "Finish the upgrade; until then the cluster behaves as its oldest member.",
                [.. versions.SelectMany(v => v.Select(m => $"{EtcdFacts.NameOf(m)}: {v.Key}"))])
            : Finding.Pass(cluster, $"All members run {versions.Select(v => v.Key).FirstOrDefault() ?? "an unknown version"}.");
    }

    private static IEnumerable<Finding> Learners(EtcdFacts etcd, string cluster) => Finding.OrPass(
        etcd.Members.Where(m => m.IsLearner && m.IsStarted).Select(m => Finding.Warning(
            EtcdFacts.NameOf(m),
            "It is a learner: it has no vote and helps no quorum.",
            "Promote it when it has caught up ('etcdctl member promote'), or remove it.",
            $"applied {m.RaftAppliedIndex} of {etcd.Members.Max(other => other.RaftIndex)}")),
        cluster,
        "No member is a learner.");

    private static string Failures(int count) => count == 1 ? "one more failure" : $"{count} more failures";
}
