namespace ClusterHeal.Operations.Drills;

/// <summary>A member of etcd is stopped: the others keep the quorum, with another leader where it was the leader.</summary>
internal sealed class EtcdMemberDrill : IFailureDrill
{
    private static readonly ExpectedTime Joins = ExpectedTime.Within(TimeSpan.FromSeconds(20), "start of a member and its catching up, 20 s");

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
        var cluster = context.Cluster;
        var all = cluster.HostsOf(ClusterComponent.Etcd);
        var targets = context.Targets(ClusterComponent.Etcd, having => [having[^1]]);
        var others = all.Except(targets).ToArray();
        if (targets.Count != 1 || others.Length < 2)
        {
            throw context.Refused(
                $"Of {all.Count} members of etcd {others.Length} would be left, which is no majority to be sure of.",
                "Name one host, of three or more with etcd; -HostName has to name them all.");
        }

        var outage = new ComponentOutage(context, ClusterComponent.Etcd, [targets[0].Connection]);
        var watched = cluster.Hosts.Except(targets).ToArray();
        var serving = new ServingProbe(cluster, context.Canary, null);
        return new DrillScript
        {
            Targets = [targets[0].Name],
            Injection = $"stop etcd on {targets[0].Name}",
            Probes =
            [
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer), Probes.Member(targets[0]), Probes.Etcd(others),
                Probes.Components(watched), Probes.Serving(serving),
            ],
            Hypotheses = [.. Expect(context, targets[0], others.Length)],
            Guards = context.Guards(watched, others.Length),
            Serving = serving,
            Mark = outage.Mark,
            InjectAsync = outage.StopAsync,
            HealAsync = outage.StartAsync,
        };
    }

    private static IEnumerable<Hypothesis> Expect(DrillContext context, DrillHost target, int left)
    {
        var election = context.Tolerant(context.Cluster.Times.NewLeader);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "MemberIsGone", $"The member on {target.Name} does not answer.", Probes.Member(target).Name,
            answer => answer == "no answer", election);
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "OthersLead", "The others are healthy and agree on a leader.", "etcd",
            answer => answer.StartsWith($"{left} of {left}, leader ", StringComparison.Ordinal) && HasLeader(answer), election);
        foreach (var server in context.Cluster.HostsOf(ClusterComponent.ApiServer)) yield return ExpectServer(context, server, target, election);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves all the time.", ServingProbe.Name, ServingProbe.Serves, election);
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "MemberIsBack", $"The member on {target.Name} is healthy.", Probes.Member(target).Name, answer => answer == "healthy",
            context.Tolerant(Joins));
    }

    // By its flags: a server that knows only the stopped member has nobody to ask.
    private static Hypothesis ExpectServer(DrillContext context, DrillHost server, DrillHost target, ExpectedTime election)
    {
        var known = server.Find(ClusterComponent.ApiServer)!.Flag("--etcd-servers") ?? "";
        var knowsOnlyItself = known.Split(',').All(url => url.Contains("//127.", StringComparison.Ordinal) || url.Contains("//localhost", StringComparison.Ordinal));
        return server.Name == target.Name && knowsOnlyItself
            ? Hypothesis.Becomes(
                DrillPhase.Observation, "LoneServerIsNotReady", $"The API server on {server.Name}, which knows only the member beside it, is not ready.",
                Probes.ApiServer(server).Name, answer => answer is "not ready" or "refused",
                context.Tolerant(ExpectedTime.Within(TimeSpan.FromSeconds(10), $"a check of etcd by the API server; --etcd-servers={known}")))
            : Hypothesis.Becomes(
                DrillPhase.Observation, "ServerStaysReady", $"The API server on {server.Name} is ready.", Probes.ApiServer(server).Name,
                answer => answer == "ready", election);
    }

    private static bool HasLeader(string answer) => !answer.EndsWith("none", StringComparison.Ordinal) && !answer.EndsWith("disputed", StringComparison.Ordinal);
}
