namespace ClusterHeal.Operations.Drills;

/// <summary>
/// The whole cluster is restored from a snapshot, after something in the snapshot was deleted. It is for practice clusters: all changes since the snapshot are lost.
/// </summary>
internal sealed class SnapshotRestoreDrill : IFailureDrill
{
    private const string AtStake = "what anybody changes between the snapshot and the restore is lost, and nobody can talk to it meanwhile.";

    private static readonly TimeSpan HealAfter = TimeSpan.FromMinutes(15);
    private static readonly ExpectedTime Throughout = ExpectedTime.AtOnce with { Basis = "as long as the rest lasts" };
    private static readonly ExpectedTime PodStart = ExpectedTime.Within(TimeSpan.FromSeconds(10), "start of a pod 10 s");

    /// <inheritdoc/>
    public FailureDrill Entry { get; } = new()
    {
        Name = DrillName.SnapshotRestore,
        Synopsis = "The whole cluster is restored from a snapshot: what was deleted is back, and the workload does not notice. For practice clusters.",
        Injection = "A snapshot is saved, a deployment of the drill's own is deleted, and etcd is restored on all hosts, "
            + "with the control plane stopped meanwhile.",
        Target = "The whole cluster; nothing is named.",
        Effect =
        [
            "The API servers refuse requests meanwhile, and the workload serves.", "The restore comes to its end within the time that the hosts wait for it.",
            "The members are a new cluster, above every revision from before.",
            "Each API server says that what was deleted is back, and that what was made after the snapshot is gone.",
            "A pod that is deleted then is replaced.", "Every node stays ready.",
        ],
        Guard =
        [
            "The cluster has to be a practice cluster, or -Force given.", "The cluster has to be well, and every rule of a restore has to hold.",
            "API server and etcd have to be of one cluster.", "The snapshot has to be proven.", "A restore that does not come up is put back.",
            "Afterwards the canary has to serve, etcd has to keep its quorum, and no component may fail.",
        ],
    };

    /// <inheritdoc/>
    public DrillScript Write(DrillContext context)
    {
        var cluster = context.Cluster;
        Demand(context);
        var healAfter = context.Request.HealAfter ?? HealAfter;
        var rehearsal = new RestoreRehearsal(context, healAfter);
        var serving = new ServingProbe(cluster, context.Canary, null);
        var names = string.Join(", ", cluster.Hosts.Select(h => h.Name));
        return new DrillScript
        {
            Targets = [.. cluster.Hosts.Select(h => h.Name)],
            Injection = $"save a snapshot, delete a deployment of the drill's own, and restore etcd on {names} from the snapshot, "
                + "with the control plane stopped meanwhile",
            Probes =
            [
                .. cluster.Hosts.Select(Probes.ApiServer), Probes.Etcd(cluster.Hosts), Probes.Components(cluster.Hosts), Probes.Serving(serving),
                rehearsal.Restore(), rehearsal.Etcd(), rehearsal.LostObject(), rehearsal.LateObject(), context.Probes.Pods(), context.Probes.Nodes(),
            ],
            Hypotheses = [.. Expect(context, rehearsal, healAfter)],
            Guards = context.Guards(cluster.Hosts, (cluster.Hosts.Count / 2) + 1),
            Serving = serving,
            Mark = DrillMark.Nothing with { Restores = true },
            Danger = cluster.IsPractice ? null : $"Cluster '{cluster.Name}' is no practice cluster: {AtStake}{Doubt(cluster)}",
            HealAfter = healAfter,
            // Hosts that have to heal alone may try both versions of the data before they agree.
            HealPatience = TimeSpan.FromMinutes(15),
            LookAsync = rehearsal.LookAsync,
            PrepareAsync = rehearsal.PrepareAsync,
            InjectAsync = (_, stop) => rehearsal.RestoreAsync(stop),
            ProvokeAsync = context.Canary.DeleteOneAsync,
            HealAsync = rehearsal.HealAsync,
            Keep = rehearsal.Keep,
        };
    }

    private static void Demand(DrillContext context)
    {
        var cluster = context.Cluster;
        if (context.Request.TargetName.Count > 0) throw context.Refused("It is done to the whole cluster.", "Leave -TargetName out.");
        var servers = cluster.HostsOf(ClusterComponent.ApiServer);
        if (cluster.HostsOf(ClusterComponent.Etcd).Count < cluster.Hosts.Count || servers.Count < cluster.Hosts.Count)
        {
            throw context.Refused(
                "Not every host has both an API server and a member of etcd.",
                "It is for clusters whose control-plane hosts have both; restore others by hand, with Restore-EtcdSnapshot.");
        }

        if (!cluster.IsPractice && !context.Request.Force)
        {
            throw context.Refused(
                $"Cluster '{cluster.Name}' is no practice cluster, and all of it would be restored: {AtStake}",
                "Rehearse on a practice cluster. -Force does it on this one; -Force with -WhatIf shows what would be done.");
        }

        // The servers of a practice cluster write no lease, and all of them are on its hosts. With -Force the question includes the doubt.
        var writesNone = cluster.Registered is { Reason: null, Addresses.Count: 0 };
        if (!writesNone && cluster.Registered!.Besides(servers.Count) is { } doubt)
        {
            throw context.Refused($"{doubt}: another API server would go on with what it remembers.", "Name all control-plane hosts with -HostName, and fix what is said here.");
        }

        if (context.Request.HealAfter <= TimeSpan.Zero)
        {
            throw context.Refused(
                "Without a time after which the hosts recover by themselves, nothing would if this machine died.",
                "Give -For a time, such as 15m, or leave it out.");
        }
    }

    private static string Doubt(DrillCluster cluster) =>
        cluster.Registered?.Besides(cluster.HostsOf(ClusterComponent.ApiServer).Count) is { } doubt ? $" {doubt}: such a server would go on with what it remembers." : "";

    private static IEnumerable<Hypothesis> Expect(DrillContext context, RestoreRehearsal rehearsal, TimeSpan healAfter)
    {
        var cluster = context.Cluster;
        yield return Hypothesis.Stays(
            DrillPhase.Injection, "WorkloadServesOn", "The workload serves while etcd and the API servers are down.", ServingProbe.Name, ServingProbe.Serves,
            ExpectedTime.AtOnce with { Basis = "as long as the restore lasts" });
        yield return Hypothesis.Becomes(
            DrillPhase.Injection, "ClusterIsRestored", "The restore comes to its end, and proves it.", rehearsal.Restore().Name,
            answer => answer == RestoreRehearsal.Restored, ExpectedTime.Within(healAfter, $"the hosts wait {ExpectedTime.Text(healAfter)} for it"));
        foreach (var server in cluster.Hosts)
        {
            yield return Hypothesis.Becomes(
                DrillPhase.Observation, "RequestsAreRefused", $"The API server on {server.Name} refuses requests meanwhile.", Probes.ApiServer(server).Name,
                answer => answer == "refused", context.Tolerant(ExpectedTime.AtOnce with { Basis = "before the end of the restore" }));
            yield return Hypothesis.Stays(
                DrillPhase.Observation, "RequestsAreServed", $"The API server on {server.Name} is ready afterwards.", Probes.ApiServer(server).Name,
                answer => answer == "ready", Throughout);
        }

        yield return Hypothesis.Stays(
            DrillPhase.Observation, "EtcdIsAnew", "All members are one new cluster, above every revision from before.", rehearsal.Etcd().Name,
            answer => answer == RestoreRehearsal.FurtherOn, Throughout);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "LostIsBack", "The deployment that was deleted is back, the very same.", rehearsal.LostObject().Name,
            answer => answer == "there", Throughout);
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "LateIsGone", "What was made after the snapshot is gone.", rehearsal.LateObject().Name,
            answer => answer == "absent", Throughout);
        var controller = cluster.Times.Return(ClusterComponent.ControllerManager);
        var scheduler = cluster.Times.Return(ClusterComponent.Scheduler);
        yield return Hypothesis.Becomes(
            DrillPhase.Observation, "DeletedPodIsReplaced", "A pod that is deleted after the restore is replaced.", "canary pods",
            answer => answer == Probes.Count(context.Canary.Replicas, context.Canary.Replicas, 1),
            context.Tolerant((controller.Latest > scheduler.Latest ? controller : scheduler).Then(ClusterTimes.WatchesAgain).Then(PodStart)));
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "NodesStayReady", "Every node stays ready: its kubelet is back in time.", "nodes", answer => answer == "all ready",
            context.Tolerant(controller.Then(cluster.Times.NodeUnknown(cluster.NodeLease))));
        yield return Hypothesis.Stays(
            DrillPhase.Observation, "WorkloadServes", "The workload serves afterwards.", ServingProbe.Name, ServingProbe.Serves, Throughout);
    }
}
