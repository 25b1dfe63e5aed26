namespace ClusterHeal.Operations.Drills;

/// <summary>A component with leader election is stopped: on all hosts, and its work is not done; or on named ones, and another one takes over.</summary>
internal sealed class ElectedDrill : IFailureDrill
{
    private const string Late = "late";

    private ElectedDrill(ClusterComponent component, string lease, FailureDrill entry)
    {
        Component = component;
        Lease = lease;
        Entry = entry;
    }

    public ClusterComponent Component { get; }

    /// <summary>The lease of its leader.</summary>
    public string Lease { get; }

    public static ElectedDrill Scheduler { get; } = new(ClusterComponent.Scheduler, "kube-scheduler", new FailureDrill
    {
        Name = DrillName.Scheduler,
        Synopsis = "Without a scheduler new pods wait for a node, and what runs goes on.",
        Injection = "The scheduler is stopped on all control-plane hosts, or on those that are named.",
        Target = "Control-plane hosts; all of them without it.",
        Effect =
        [
            "Its lease is given back, or expires.", "A new pod waits for a node.", "The workload serves.",
            "After the return the waiting pod is placed.",
            "Where schedulers are left: one of them takes the lease, and the new pod is placed.",
        ],
        Guard = CommonGuards,
    });

    public static ElectedDrill ControllerManager { get; } = new(ClusterComponent.ControllerManager, "kube-controller-manager", new FailureDrill
    {
        Name = DrillName.ControllerManager,
        Synopsis = "Without a controller manager a pod that is deleted is not replaced, and what runs goes on.",
        Injection = "The controller manager is stopped on all control-plane hosts, or on those that are named.",
        Target = "Control-plane hosts; all of them without it.",
        Effect =
        [
            "Its lease expires.", "A deleted pod of the canary is not replaced.", "The workload serves by the pods that are left.",
            "After the return the pod is replaced.",
            "Where controller managers are left: one of them takes the lease, and the pod is replaced.",
        ],
        Guard = CommonGuards,
    });

    /// <inheritdoc/>
    public FailureDrill Entry { get; }

    private static string[] CommonGuards =>
        ["The cluster has to be well.", "The canary has to serve.", "etcd has to keep its quorum.", "No other component may fail."];

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        var targets = context.Targets(Component, all => all);
        var left = cluster.HostsOf(Component).Except(targets).ToArray();
        var outage = new ComponentOutage(context, Component, [.. targets.Select(t => t.Connection)]);
        var watched = cluster.Hosts.Except(targets).ToArray();
        var serving = new ServingProbe(cluster, context.Canary, null);
        return new DrillScript
        {
            Targets = [.. targets.Select(t => t.Name)],
            Injection = $"stop the {Component} on {string.Join(", ", targets.Select(t => t.Name))}",
            Probes =
            [
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer),
                Probes.Etcd(cluster.HostsOf(ClusterComponent.Etcd)), Probes.Components(watched), Probes.Serving(serving),
                context.Probes.Lease(Lease), context.Probes.Pods(), context.Probes.Pod(Late),
            ],
            Hypotheses = [.. left.Length > 0 ? TakenOver(context, targets) : LeftUndone(context), .. Always(context, left.Length > 0)],
            Guards = context.Guards(watched, (cluster.HostsOf(ClusterComponent.Etcd).Count / 2) + 1),
            Serving = serving,
            Mark = outage.Mark,
            InjectAsync = outage.StopAsync,
            ProvokeAsync = stop => Component == ClusterComponent.Scheduler
                ? context.Canary.CreatePodAsync(Late, stop)
                : context.Canary.DeleteOneAsync(stop),
            HealAsync = outage.StartAsync,
        };
    }

    private IEnumerable<Hypothesis> LeftUndone(DrillContext context)
    {
        var takeover = context.Cluster.Times.Takeover(Component);
        // As long as an unknown instance of the component would need to take over. A shorter time proves nothing.
        var whole = context.Tolerant(takeover) with { Basis = $"as long as another would need to take over: {takeover.Basis}" };
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "LeaseIsLeft", "Nobody holds the lease any more.", $"lease {Lease}", answer => answer is "free" or "expired",
            context.Tolerant(ExpectedTime.Within(takeover.Latest, takeover.Basis)));
        yield return Component == ClusterComponent.Scheduler
            ? Hypothesis.Stays(
                DrillPhase.Observation, "NewPodWaits", "A pod that is made now is placed on no node.", $"pod '{Late}'", answer => answer == "waiting for a node", whole)
            : Hypothesis.Stays(
                DrillPhase.Observation, "DeletedPodIsMissed", "A pod that is deleted now is not replaced.", "canary pods",
                answer => answer.EndsWith($" of {Replicas(context) - 1}", StringComparison.Ordinal), whole);
        yield return Undone(context, DrillPhase.Recovery, context.Cluster.Times.Return(Component));
    }

    private IEnumerable<Hypothesis> TakenOver(DrillContext context, IReadOnlyList<DrillHost> targets)
    {
        var takeover = context.Cluster.Times.Takeover(Component);
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "AnotherTakesOver", "Another host holds the lease.", $"lease {Lease}",
            answer => answer.StartsWith("held by ", StringComparison.Ordinal) && targets.All(t => answer != $"held by {t.SystemName}"),
            context.Tolerant(takeover));
        yield return Undone(context, DrillPhase.Observation, takeover);
    }

    // What was not done is done now.
    private Hypothesis Undone(DrillContext context, DrillPhase phase, ExpectedTime expected) => Component == ClusterComponent.Scheduler
        ? Hypothesis.Becomes(
            phase, "NewPodIsPlaced", "The new pod is placed on a node.", $"pod '{Late}'", answer => answer.StartsWith("on ", StringComparison.Ordinal),
            context.Tolerant(expected))
        : Hypothesis.Becomes(
            phase, "DeletedPodIsReplaced", "The deleted pod is replaced.", "canary pods", answer => answer == Probes.Count(Replicas(context), Replicas(context), 1),
            context.Tolerant(expected));

    private IEnumerable<Hypothesis> Always(DrillContext context, bool isTakenOver)
    {
        var takeover = context.Tolerant(context.Cluster.Times.Takeover(Component));
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves all the time.", ServingProbe.Name, ServingProbe.Serves,
            isTakenOver ? ExpectedTime.AtOnce with { Basis = "as long as the takeover lasts" } : takeover);
    }

    private static int Replicas(DrillContext context) => context.Canary.Replicas;
}
