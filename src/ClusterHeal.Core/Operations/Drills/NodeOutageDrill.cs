namespace ClusterHeal.Operations.Drills;

/// <summary>The kubelet of a worker, or its container runtime, is stopped: the cluster notices it, and replaces the pods elsewhere.</summary>
internal sealed class NodeOutageDrill : IFailureDrill
{
    // kubernetes, pkg/kubelet: the runtime is asked each 5 s, and counts as down when it has not answered for 30 s; a node's status is sent each 10 s.
    private static readonly ExpectedTime RuntimeNoticed =
        new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(45), "kubelet gives the runtime 30 s, asks it each 5 s, and reports each 10 s");

    private static readonly ExpectedTime Reports = ExpectedTime.Within(TimeSpan.FromSeconds(10), "a kubelet's first report, 10 s");
    private static readonly ExpectedTime PodStart = ExpectedTime.Within(TimeSpan.FromSeconds(10), "start of a pod 10 s");

    private readonly ClusterComponent _component;

    private NodeOutageDrill(ClusterComponent component, FailureDrill entry)
    {
        _component = component;
        Entry = entry;
    }

    public static NodeOutageDrill Kubelet { get; } = new(ClusterComponent.Kubelet, new FailureDrill
    {
        Name = DrillName.Kubelet,
        Synopsis = "Without its kubelet a node is unknown after the grace period, and its pods are replaced elsewhere after the toleration.",
        Injection = "The kubelet is stopped on the host of a worker.",
        Target = "A node that takes pods; the first one without it. Its host is logged in to by the node's name.",
        Effect =
        [
            "The node is unknown after the grace period, and not before.", "Its pods are replaced elsewhere after the toleration, and not before.",
            "The old ones end, and do not come to their end.", "The workload serves by the other nodes.",
            "After the return the node is ready, the old pods are gone, and nothing moves back.",
        ],
        Guard = CommonGuards,
    });

    public static NodeOutageDrill ContainerRuntime { get; } = new(ClusterComponent.ContainerRuntime, new FailureDrill
    {
        Name = DrillName.ContainerRuntime,
        Synopsis = "Without its container runtime a node is not ready, and says so itself; its pods are replaced elsewhere after the toleration.",
        Injection = "The container runtime is stopped on the host of a worker.",
        Target = "A node that takes pods; the first one without it. Its host is logged in to by the node's name.",
        Effect =
        [
            "The node is not ready, and never unknown: its kubelet lives.", "Its pods are replaced elsewhere after the toleration.",
            "The workload serves by the other nodes.", "After the return the node is ready, and nothing moves back.",
        ],
        Guard = CommonGuards,
    });

    /// <inheritdoc/>
    public FailureDrill Entry { get; }

    private static string[] CommonGuards =>
    [
        "The cluster has to be well.", "There has to be another node that takes pods.", "The canary has to serve by the other nodes.",
        "etcd has to keep its quorum.", "No component of the control plane may fail.",
    ];

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        var node = context.Node();
        var host = context.Cluster.Hosts.FirstOrDefault(h => h.SystemName == node)?.Connection ?? context.Request.NodeHost(node);
        var outage = new ComponentOutage(context, _component, [host]);
        var serving = new ServingProbe(cluster, context.Canary, node);
        return new DrillScript
        {
            Targets = [node],
            Injection = $"stop the {(_component == ClusterComponent.Kubelet ? "kubelet" : "container runtime")} on {node}",
            Probes =
            [
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer), Probes.Etcd(cluster.HostsOf(ClusterComponent.Etcd)),
                Probes.Components(cluster.Hosts), Probes.Serving(serving), context.Probes.Node(node), context.Probes.PodsOf(node),
            ],
            Hypotheses = [.. Expect(context, node)],
            Guards = context.Guards(cluster.Hosts, (cluster.HostsOf(ClusterComponent.Etcd).Count / 2) + 1),
            CanaryNodes = [node, .. cluster.Workers.Select(n => n.Metadata.Name).Where(name => name != node).Take(2)],
            Serving = serving,
            Mark = outage.Mark,
            InjectAsync = outage.StopAsync,
            HealAsync = outage.StartAsync,
        };
    }

    private IEnumerable<Hypothesis> Expect(DrillContext context, string node)
    {
        var isKubelet = _component == ClusterComponent.Kubelet;
        var noticed = isKubelet ? context.Cluster.Times.NodeUnknown(context.Cluster.NodeLease) : RuntimeNoticed;
        var replaced = noticed.Then(context.Cluster.Times.Toleration).Then(PodStart);
        var pods = context.Probes.PodsOf(node).Name;
        yield return isKubelet
            ? Hypothesis.Becomes(
                DrillPhase.Observation, "NodeIsUnknown", "The node is unknown.", $"node {node}", answer => answer == "Unknown", context.Tolerant(noticed))
            : Hypothesis.Becomes(
                DrillPhase.Observation, "NodeIsNotReady", "The node is not ready, by its own word.", $"node {node}", answer => answer == "NotReady", context.Tolerant(noticed));
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "PodsAreReplaced", "Its pods are replaced elsewhere, and the old ones end without coming to their end.", pods,
            answer => answer == Probes.Places(0, 1, context.Canary.Replicas), context.Tolerant(replaced));
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves by the other nodes all the time.", ServingProbe.Name, ServingProbe.Serves,
            ExpectedTime.AtOnce with { Basis = "as long as the rest lasts" });
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "NodeIsReady", "The node is ready.", $"node {node}", answer => answer == "Ready", context.Tolerant(Reports));
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "OldPodsAreGone", "The old pods are gone, and nothing has moved back.", pods,
            answer => answer == Probes.Places(0, 0, context.Canary.Replicas), context.Tolerant(Reports.Then(PodStart)));
        yield return Hypothesis.Stays(
            DrillPhase.Recovery, "NothingMovesBack", "No pod moves back.", pods, answer => answer.StartsWith("0 here, ", StringComparison.Ordinal),
            context.Tolerant(Reports));
    }
}
