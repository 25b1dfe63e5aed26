using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>etcd is full: nobody can write to the cluster until the alarm is cleared, as Clear-EtcdAlarm does it. For practice clusters alone.</summary>
internal sealed class EtcdNoSpaceDrill : IFailureDrill
{
    private static readonly ExpectedTime Clearing = ExpectedTime.Within(TimeSpan.FromMinutes(10), "a compaction and a defragmentation of each member, 10 minutes at most");

    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.EtcdNoSpace,
        Synopsis = "etcd is full: no API server can write, what runs goes on, and the alarm is cleared. For practice clusters alone.",
        Injection = "The quota of the member on the last control-plane host, or on the one that is named, is lowered, and a config map is updated until etcd is full.",
        Target = "A control-plane host; the last one without it.",
        Effect =
        [
            "The alarm NOSPACE is raised.", "Every API server is refused by etcd when it writes, and can read.",
            "The leases of scheduler and controller manager expire, as nobody can renew them.", "The workload serves.",
            "Clear-EtcdAlarm's procedure makes room and clears the alarm.", "Afterwards API servers write, and scheduler and controller manager lead again.",
        ],
        Guard =
        [
            "The cluster has to be a practice cluster; no -Force changes that.", "The cluster has to be well.",
            "The members beside the one that is restarted have to be a majority.", "The canary has to serve.", "etcd has to keep its quorum.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        if (!cluster.IsPractice)
        {
            throw context.Refused(
                $"Cluster '{cluster.Name}' is no practice cluster, and nobody could write to it for minutes.",
                "Rehearse on a practice cluster; Test-ClusterHealth shows how full the etcd of this one is.");
        }

        var outage = MemberOutage.Choose(context);
        var database = new FullDatabase(context, outage);
        var serving = new ServingProbe(cluster, context.Canary, null);
        var all = cluster.HostsOf(ClusterComponent.Etcd);
        return new DrillScript
        {
            Targets = [outage.Target.Name],
            Injection = $"lower the quota of etcd on {outage.Target.Name}, and fill it",
            Probes =
            [
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer), Probes.Etcd(all, evenIfFull: true), Probes.Serving(serving),
                database.Alarms(), database.Writes(), database.Clearing(), Reads(context),
                .. Elected.Select(drill => context.Probes.Lease(drill.Lease)),
            ],
            Hypotheses = [.. Expect(context, database), .. ExpectEnd(context, database)],
            Guards = context.Guards([], outage.Others.Count),
            Serving = serving,
            Mark = DrillMark.Nothing with { FullMember = outage.Target.Name },
            HealPatience = TimeSpan.FromMinutes(15),
            LookAsync = database.LookAsync,
            PrepareAsync = database.PrepareAsync,
            InjectAsync = database.FillAsync,
            HealAsync = database.HealAsync,
        };
    }

    private static ElectedDrill[] Elected => [ElectedDrill.Scheduler, ElectedDrill.ControllerManager];

    private static Probe Reads(DrillContext context) => context.Probes.Object(Resources.Any("v1", "configmaps"), FullDatabase.Filler, _ => true);

    private static IEnumerable<Hypothesis> Expect(DrillContext context, FullDatabase database)
    {
        var atOnce = context.Tolerant(ExpectedTime.AtOnce);
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "AlarmIsRaised", "The alarm NOSPACE is raised.", database.Alarms().Name, answer => answer == "NOSPACE", atOnce);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WritesAreRefused", "etcd refuses what any API server writes.", database.Writes().Name, answer => answer == FullDatabase.Refused, atOnce);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "ReadsAreServed", "Every API server reads.", Reads(context).Name, answer => answer == "there", atOnce);
        foreach (var drill in Elected)
        {
            var takeover = context.Cluster.Times.Takeover(drill.Component);
            yield return Hypothesis.Becomes(
                DrillPhase.Observation, "LeaseExpires", $"The lease of the {drill.Component} expires, as nobody can renew it.", $"lease {drill.Lease}",
                answer => answer is "free" or "expired", context.Tolerant(takeover));
        }

        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves all the time.", ServingProbe.Name, ServingProbe.Serves, atOnce);
    }

    private static IEnumerable<Hypothesis> ExpectEnd(DrillContext context, FullDatabase database)
    {
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "AlarmIsCleared", "The alarm is cleared with the low quota still there, and a write is proven.", database.Clearing().Name,
            answer => answer == nameof(EtcdAlarmOutcome.Cleared), Clearing);
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "WritesGoThrough", "Every API server writes.", database.Writes().Name, answer => answer == FullDatabase.Accepted,
            context.Tolerant(ClusterTimes.ServerReady));
        foreach (var drill in Elected)
        {
            yield return Hypothesis.Becomes(
                DrillPhase.Recovery, "LeaderIsBack", $"A {drill.Component} holds its lease.", $"lease {drill.Lease}",
                answer => answer.StartsWith("held by ", StringComparison.Ordinal), context.Tolerant(context.Cluster.Times.Return(drill.Component).Then(ClusterTimes.ServerReady)));
        }
    }
}
