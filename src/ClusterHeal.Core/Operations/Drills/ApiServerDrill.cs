using System.Globalization;

namespace ClusterHeal.Operations.Drills;

/// <summary>An API server is stopped: it refuses requests, the others serve, and the workload is not affected.</summary>
internal sealed class ApiServerDrill : IFailureDrill
{
    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.ApiServer,
        Synopsis = "Without an API server its requests are refused, the others answer, and the workload serves.",
        Injection = "The API server is stopped on the first control-plane host, or on those that are named.",
        Target = "Control-plane hosts; the first one without it.",
        Effect =
        [
            "Its port refuses connections.", "Every other API server stays ready.", "It is no endpoint of the service 'kubernetes' any more.",
            "etcd and the workload go on.", "After the return it is ready.",
        ],
        Guard =
        [
            "The cluster has to be well.", "The last API server is stopped only after a question of its own.", "The canary has to serve.",
            "etcd has to keep its quorum.", "No component on another host may fail.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        var targets = context.Targets(ClusterComponent.ApiServer, having => [.. having.Take(1)]);
        var others = cluster.HostsOf(ClusterComponent.ApiServer).Except(targets).ToArray();
        var outage = new ComponentOutage(context, ClusterComponent.ApiServer, [.. targets.Select(t => t.Connection)]);
        var watched = others.Length > 0 ? cluster.Hosts.Except(targets).ToArray() : [];
        var serving = new ServingProbe(cluster, context.Canary, null);
        Probe[] registered = others.Length > 0 && AreAllRegistered(cluster) ? [Probes.Registered(others[0])] : [];
        return new DrillScript
        {
            Targets = [.. targets.Select(t => t.Name)],
            Injection = $"stop the API server on {string.Join(", ", targets.Select(t => t.Name))}",
            Probes =
            [
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer), .. registered,
                Probes.Etcd(cluster.HostsOf(ClusterComponent.Etcd)), Probes.Components(watched), Probes.Serving(serving),
            ],
            Hypotheses = [.. Expect(context, targets, others)],
            Guards = context.Guards(watched, (cluster.HostsOf(ClusterComponent.Etcd).Count / 2) + 1),
            Serving = serving,
            Mark = outage.Mark,
            Danger = others.Length > 0 ? null : "No API server would be left, and the cluster could not be talked to until it is back.",
            InjectAsync = outage.StopAsync,
            HealAsync = outage.StartAsync,
        };
    }

    private static IEnumerable<Hypothesis> Expect(DrillContext context, IReadOnlyList<DrillHost> targets, DrillHost[] others)
    {
        var isRegistered = others.Length > 0 && AreAllRegistered(context.Cluster);
        // A leader on the stopped server's host loses its lease, and another one takes it.
        var watch = context.Tolerant(isRegistered ? ClusterTimes.EndpointGone : context.Cluster.Times.Takeover(ClusterComponent.ControllerManager));
        foreach (var target in targets)
        {
            yield return Hypothesis.Stays(
                DrillPhase.Observation, "RequestsAreRefused", $"The API server on {target.Name} refuses requests.", Probes.ApiServer(target).Name,
                answer => answer == "refused", watch);
            yield return Hypothesis.Becomes(
                DrillPhase.Recovery, "RequestsAreServed", $"The API server on {target.Name} is ready.", Probes.ApiServer(target).Name,
                answer => answer == "ready", context.Tolerant(ClusterTimes.ServerReady));
        }

        foreach (var other in others)
        {
            yield return Hypothesis.Stays(
                DrillPhase.Observation, "OtherServerServes", $"The API server on {other.Name} stays ready.", Probes.ApiServer(other).Name,
                answer => answer == "ready", watch);
        }

        if (isRegistered)
        {
            var left = others.Length.ToString(CultureInfo.InvariantCulture);
            yield return Hypothesis.Becomes(
                DrillPhase.Observation, "EndpointIsGone", "It is no endpoint of the service 'kubernetes' any more.", "API servers registered",
                answer => answer == left, watch);
        }

        yield return Hypothesis.Stays(
            DrillPhase.Observation, "EtcdGoesOn", "etcd is not affected.", "etcd",
            answer => answer.StartsWith($"{context.Cluster.HostsOf(ClusterComponent.Etcd).Count} of ", StringComparison.Ordinal), watch);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves all the time.", ServingProbe.Name, ServingProbe.Serves, watch);
    }

    // Servers with another kind of reconciler have no leases, so these show nothing.
    private static bool AreAllRegistered(DrillCluster cluster) => cluster.RegisteredServers == cluster.HostsOf(ClusterComponent.ApiServer).Count;
}
