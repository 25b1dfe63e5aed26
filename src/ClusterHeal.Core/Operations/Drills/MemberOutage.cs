namespace ClusterHeal.Operations.Drills;

/// <summary>
/// The common part of drills of one member of etcd: the member, the others, which must be a majority without it, and the expectations while it is
/// away.
/// </summary>
/// <param name="Target">The host of the member.</param>
/// <param name="Others">The hosts of the other members.</param>
internal sealed record MemberOutage(DrillHost Target, IReadOnlyList<DrillHost> Others)
{
    private static readonly ExpectedTime Joins = ExpectedTime.Within(TimeSpan.FromSeconds(20), "start of a member and its catching up, 20 s");

    /// <summary>The selected member: the named one, or the last. Without it there must be a safe majority.</summary>
    /// <exception cref="ClusterHealException">There is none.</exception>
    public static MemberOutage Choose(DrillContext context)
    {
        var all = context.Cluster.HostsOf(ClusterComponent.Etcd);
        var targets = context.Targets(ClusterComponent.Etcd, having => [having[^1]]);
        DrillHost[] others = [.. all.Except(targets)];
        return targets.Count == 1 && others.Length >= 2
            ? new MemberOutage(targets[0], others)
            : throw context.Refused(
                $"Of {all.Count} members of etcd {others.Length} would be left, which is no majority to be sure of.",
                "Name one host, of three or more with etcd; -HostName has to name them all.");
    }

    /// <summary>The hosts on which no component may fail.</summary>
    public IReadOnlyList<DrillHost> Watched(DrillContext context) => [.. context.Cluster.Hosts.Where(host => host != Target)];

    /// <summary>The probes.</summary>
    public IReadOnlyList<Probe> Asked(DrillContext context, ServingProbe serving) =>
    [
        .. context.Cluster.HostsOf(ClusterComponent.ApiServer).Select(Probes.ApiServer), Probes.Member(Target), Probes.Etcd(Others),
        Probes.Components(Watched(context)), Probes.Serving(serving),
    ];

    /// <summary>The expectations: what is seen while the member is away, and that it is back afterwards.</summary>
    public IEnumerable<Hypothesis> Expect(DrillContext context)
    {
        var election = context.Tolerant(context.Cluster.Times.NewLeader);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "MemberIsGone", $"The member on {Target.Name} does not answer.", Probes.Member(Target).Name,
            answer => answer == "no answer", election);
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "OthersLead", "The others are healthy and agree on a leader.", "etcd", OthersLead, election);
        foreach (var server in context.Cluster.HostsOf(ClusterComponent.ApiServer)) yield return ExpectServer(context, server, election);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves all the time.", ServingProbe.Name, ServingProbe.Serves, election);
        yield return Hypothesis.Becomes(
            DrillPhase.Recovery, "MemberIsBack", $"The member on {Target.Name} is healthy.", Probes.Member(Target).Name, answer => answer == "healthy",
            context.Tolerant(Joins));
    }

    /// <summary>True for an answer that says that all others are healthy, with one leader.</summary>
    public bool OthersLead(string answer) => answer.StartsWith($"{Others.Count} of {Others.Count}, leader ", StringComparison.Ordinal)
        && !answer.EndsWith("none", StringComparison.Ordinal) && !answer.EndsWith("disputed", StringComparison.Ordinal);

    // By its flags: a server that knows only the member that is away has no other one to ask.
    private Hypothesis ExpectServer(DrillContext context, DrillHost server, ExpectedTime election)
    {
        var known = server.Find(ClusterComponent.ApiServer)!.Flag("--etcd-servers") ?? "";
        var knowsOnlyItself = known.Split(',').All(url => url.Contains("//127.", StringComparison.Ordinal) || url.Contains("//localhost", StringComparison.Ordinal));
        return server.Name == Target.Name && knowsOnlyItself
            ? Hypothesis.Becomes(
                DrillPhase.Observation, "LoneServerIsNotReady", $"The API server on {server.Name}, which knows only the member beside it, is not ready.",
                Probes.ApiServer(server).Name, answer => answer is "not ready" or "refused",
                context.Tolerant(ExpectedTime.Within(TimeSpan.FromSeconds(10), $"a check of etcd by the API server; --etcd-servers={known}")))
            : Hypothesis.Becomes(
                DrillPhase.Observation, "ServerStaysReady", $"The API server on {server.Name} is ready.", Probes.ApiServer(server).Name,
                answer => answer == "ready", election);
    }
}
