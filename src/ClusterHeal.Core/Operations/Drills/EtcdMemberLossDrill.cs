using System.Globalization;

namespace ClusterHeal.Operations.Drills;

/// <summary>A member of etcd loses its data, and is repaired as Repair-EtcdMember does it: it comes back empty, and gets everything from the others.</summary>
internal sealed class EtcdMemberLossDrill : IFailureDrill
{
    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.EtcdMemberLoss,
        Synopsis = "A member of etcd loses its data: the cluster goes on, and the member is repaired from the others.",
        Injection = "etcd is stopped on the last control-plane host, or on the one that is named, and its data are moved aside.",
        Target = "A control-plane host; the last one without it.",
        Effect =
        [
            "The member does not answer.", "The others have a leader, a new one where it was the leader.",
            "API servers that know other members stay ready; one that knows only the lost member is not ready.", "The workload serves.",
            "Repair-EtcdMember's procedure brings a new member with its name, and the quorum stays meanwhile.", "Afterwards all members are healthy.",
        ],
        Guard =
        [
            "The cluster has to be a practice cluster, or -Force given.", "The cluster has to be well, and every rule of a repair has to hold.",
            "The members that are left have to be a majority; no -Force changes that.", "None of them may fail.",
            "A repair that is refused, or fails before the old member is removed, puts its data back.",
            "The canary has to serve.", "No component on another host may fail.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        var outage = MemberOutage.Choose(context);
        if (!cluster.IsPractice && !context.Request.Force)
        {
            throw context.Refused(
                $"Cluster '{cluster.Name}' is no practice cluster. {AtStake(outage)}",
                "Rehearse on a practice cluster. -Force does it on this one; -Force with -WhatIf shows what would be done.");
        }

        var loss = new MemberLoss(context, outage);
        var serving = new ServingProbe(cluster, context.Canary, null);
        return new DrillScript
        {
            Targets = [outage.Target.Name],
            Injection = $"stop etcd on {outage.Target.Name}, and move its data aside",
            Probes = [.. outage.Asked(context, serving), loss.Membership(), loss.Repair()],
            Hypotheses = [.. outage.Expect(context), .. ExpectRepair(context, outage, loss)],
            Guards = context.Guards(outage.Watched(context), outage.Others.Count),
            Serving = serving,
            Mark = DrillMark.Nothing with { LostMember = outage.Target.Name },
            Danger = cluster.IsPractice ? null : $"Cluster '{cluster.Name}' is no practice cluster. {AtStake(outage)}",
            HealPatience = MemberLoss.Patience,
            LookAsync = loss.LookAsync,
            InjectAsync = loss.LoseAsync,
            HealAsync = loss.HealAsync,
            Keep = loss.Keep,
        };
    }

    private static string AtStake(MemberOutage outage) => string.Create(
        CultureInfo.InvariantCulture, $"Until its new member on {outage.Target.Name} has its vote, etcd serves with {outage.Others.Count} members and survives one failure less.");

    private static IEnumerable<Hypothesis> ExpectRepair(DrillContext context, MemberOutage outage, MemberLoss loss)
    {
        var repair = ExpectedTime.Within(MemberLoss.Patience, $"the host waits {ExpectedTime.Text(MemberLoss.Patience)} for it");
        yield return Hypothesis.Stays(
            DrillPhase.Healing, "OthersServeOn", "The others keep their quorum and a leader while it is repaired.", "etcd", outage.OthersLead, ExpectedTime.AtOnce with { Basis = "as long as the repair lasts" });
        yield return Hypothesis.Stays(
            DrillPhase.Healing, "WorkloadServesOn", "The workload serves while it is repaired.", ServingProbe.Name, ServingProbe.Serves,
            ExpectedTime.AtOnce with { Basis = "as long as the repair lasts" });
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "MemberIsRepaired", "The repair comes to its end, and proves it: equal hashes on all members.", loss.Repair().Name,
            answer => answer == nameof(MemberRepairOutcome.Repaired), repair);
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "MemberIsNew", "The cluster has a new member with a vote in the place of the lost one.", loss.Membership().Name,
            answer => answer == MemberLoss.NewVoter, context.Tolerant(repair));
    }
}
