namespace ClusterHeal.Operations.Drills;

/// <summary>A member of etcd is stopped: the others keep the quorum, with another leader if it was the leader.</summary>
internal sealed class EtcdMemberDrill : IFailureDrill
{
    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.EtcdMember,
        Synopsis = "Without a member etcd keeps its quorum, and the cluster goes on.",
        Injection = "etcd is stopped on the last control-plane host, or on the one that is named.",
        Target = "A control-plane host; the last one without it.",
        Effect =
        [
            "The member does not answer.", "The others have a leader, a new one where it was the leader.",
            "API servers that know other members stay ready; one that knows only the stopped member is not ready.", "The workload serves.",
            "After the return all members are healthy.",
        ],
        Guard =
        [
            "The cluster has to be well.", "The members that are left have to be a majority; no -Force changes that.", "None of them may fail.",
            "The canary has to serve.", "No component on another host may fail.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var outage = MemberOutage.Choose(context);
        var stop = new ComponentOutage(context, ClusterComponent.Etcd, [outage.Target.Connection]);
        var serving = new ServingProbe(context.Cluster, context.Canary, null);
        return new DrillScript
        {
            Targets = [outage.Target.Name],
            Injection = $"stop etcd on {outage.Target.Name}",
            Probes = outage.Asked(context, serving),
            Hypotheses = [.. outage.Expect(context)],
            Guards = context.Guards(outage.Watched(context), outage.Others.Count),
            Serving = serving,
            Mark = stop.Mark,
            InjectAsync = stop.StopAsync,
            HealAsync = stop.StartAsync,
        };
    }
}
