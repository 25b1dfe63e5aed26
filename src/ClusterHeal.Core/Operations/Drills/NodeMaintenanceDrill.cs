using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>A worker is drained, as for maintenance, and returned.</summary>
internal sealed class NodeMaintenanceDrill : IFailureDrill
{
    private static readonly ExpectedTime PodStart = ExpectedTime.Within(TimeSpan.FromSeconds(20), "end of a pod 5 s, and start of another 15 s");

    private static readonly ExpectedTime Uncordoned = ExpectedTime.Within(TimeSpan.FromSeconds(10), "an answer of the API, 10 s");

    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.NodeMaintenance,
        Synopsis = "A worker is drained and returned, and the workload does not notice.",
        Injection = "A worker is cordoned and drained, within all budgets, with the pods of DaemonSets left.",
        Target = "A node that takes pods; the first one without it.",
        Effect =
        [
            "The node is cordoned.", "The canary's pods run elsewhere.", "The workload serves all the time.",
            "After the return the node takes pods again, and nothing moves back.",
        ],
        Guard =
        [
            "The cluster has to be well.", "There has to be another node that takes pods.", "The canary has to serve by the other nodes.",
            "A pod that cannot be evicted without losing something ends it: see Get-NodeDrainPlan.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        var node = context.Node();
        var serving = new ServingProbe(cluster, context.Canary, node);
        return new DrillScript
        {
            Targets = [node],
            Injection = $"cordon and drain node '{node}'",
            Probes =
            [
                Probes.Etcd(cluster.HostsOf(ClusterComponent.Etcd)), Probes.Components(cluster.Hosts), Probes.Serving(serving),
                context.Probes.Node(node), context.Probes.PodsOf(node),
            ],
            Hypotheses = [.. Expect(context, node)],
            Guards = context.Guards(cluster.Hosts, (cluster.HostsOf(ClusterComponent.Etcd).Count / 2) + 1),
            CanaryNodes = [node, .. cluster.Workers.Select(n => n.Metadata.Name).Where(name => name != node).Take(2)],
            Serving = serving,
            Mark = DrillMark.Nothing with { CordonedNode = node },
            InjectAsync = (_, stop) => DrainAsync(context, node, stop),
            HealAsync = stop => cluster.Api.DoAsync(api => Cordon.SetAsync(api, node, schedulable: true, stop)),
        };
    }

    private static async Task DrainAsync(DrillContext context, string node, CancellationToken cancellationToken)
    {
        var sink = new PartSink(context.Sink);
        var options = new NodeDrainOptions { IgnoreDaemonSet = true, Timeout = TimeSpan.FromMinutes(5) };
        var etcd = context.Cluster.HostsOf(ClusterComponent.Etcd)[0];
        await context.Cluster.Api.DoAsync(api => new NodeDrainer(api, options, sink, etcd.MembersAsync).DrainAsync([node], null, force: false, cancellationToken))
            .ConfigureAwait(false);
        sink.ThrowIfFailed();
    }

    private static IEnumerable<Hypothesis> Expect(DrillContext context, string node)
    {
        var pods = context.Probes.PodsOf(node).Name;
        var moved = context.Tolerant(PodStart);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "NodeIsCordoned", "The node is cordoned, and ready.", $"node {node}", answer => answer == "Ready, cordoned",
            ExpectedTime.AtOnce with { Basis = "as long as it is empty" });
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "PodsRunElsewhere", "Its pods run elsewhere.", pods, answer => answer == Probes.Places(0, 0, context.Canary.Replicas), moved);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves by the other nodes all the time.", ServingProbe.Name, ServingProbe.Serves,
            ExpectedTime.AtOnce with { Basis = "as long as it is empty" });
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "NodeTakesPods", "The node takes pods again.", $"node {node}", answer => answer == "Ready", context.Tolerant(Uncordoned));
        yield return Hypothesis.Stays(
            DrillPhase.Recovery, "NothingMovesBack", "No pod moves back.", pods, answer => answer.StartsWith("0 here, ", StringComparison.Ordinal),
            context.Tolerant(ExpectedTime.AtOnce));
    }
}
