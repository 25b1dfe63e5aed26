using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;
using Etcdserverpb;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// Whether a cluster is healthy: only then may a drill begin, and only when it is healthy again is a drill over. Answers must be fresh: each server
/// is asked by itself, etcd by its members, and leases are compared with the clock.
/// </summary>
internal static class SteadyState
{
    private static readonly string[] Leases = ["kube-scheduler", "kube-controller-manager"];

    /// <summary>Checks everything.</summary>
    /// <returns>What is not healthy, a sentence each; empty if everything is.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
            [
                .. cluster.Hosts.Select(host => TryAsync(host.Name, () => ComponentsAsync(host, cancellationToken))),
                .. cluster.HostsOf(ClusterComponent.ApiServer).Select(host => TryAsync(host.Name, () => ApiServerAsync(host, cancellationToken))),
                TryAsync("etcd", () => EtcdAsync(cluster, cancellationToken)),
                TryAsync("the leases", () => LeasesAsync(cluster.Api, cancellationToken)),
                TryAsync("the nodes", () => NodesAsync(cluster, cancellationToken)),
            ]).ConfigureAwait(false);
        return [.. answers.SelectMany(a => a)];
    }

    /// <summary>Checks until everything is healthy.</summary>
    /// <returns>What was not healthy at the end; empty if everything was.</returns>
    public static Task<IReadOnlyList<string>> WaitAsync(DrillCluster cluster, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken) =>
        new Waiting(time, patience, TimeSpan.FromSeconds(1)).UntilAsync(stop => LookAsync(cluster, stop), ills => ills.Count == 0, cancellationToken);

    /// <summary>What one question finds unhealthy. No answer counts as unhealthy, too.</summary>
    internal static async Task<IReadOnlyList<string>> TryAsync(string what, Func<Task<IReadOnlyList<string>>> look)
    {
        try
        {
            return await look().ConfigureAwait(false);
        }
        catch (ClusterHealException e)
        {
            return [$"{what} cannot be seen: {e.Message}"];
        }
    }

    private static async Task<IReadOnlyList<string>> ComponentsAsync(DrillHost host, CancellationToken cancellationToken)
    {
        var now = await ComponentFinder.FindAsync(host.Shell, [.. host.Components.Select(c => c.Component)], cancellationToken).ConfigureAwait(false);
        return
        [
            .. now.Where(c => c.State != ComponentState.Running).Select(c => $"{c.Component} on {host.Name} is {c.State}."),
            .. now.Where(c => c.StoppedBy is not null).Select(c => $"{c.Component} on {host.Name} is still marked as stopped by {c.StoppedBy}."),
        ];
    }

    private static async Task<IReadOnlyList<string>> ApiServerAsync(DrillHost host, CancellationToken cancellationToken)
    {
        var isReady = await new ApiServerProbe(host.Shell, host.Find(ClusterComponent.ApiServer)!).IsReadyAsync(cancellationToken).ConfigureAwait(false);
        return isReady ? [] : [$"The API server on {host.Name} is not ready."];
    }

    private static async Task<IReadOnlyList<string>> EtcdAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        var members = await Task.WhenAll(cluster.HostsOf(ClusterComponent.Etcd).Select(async host =>
            (host.Name, Status: await host.EtcdStatusAsync(cancellationToken).ConfigureAwait(false), Fault: host.EtcdFault))).ConfigureAwait(false);
        var ills = members.Where(m => m.Status is null || m.Status.Leader == 0 || m.Status.Errors.Count > 0)
            .Select(m => $"The member of etcd on {m.Name} {(m.Status is null ? $"does not answer: {m.Fault}" : "is not healthy.")}").ToList();
        var leaders = members.Select(m => m.Status?.Leader).Where(leader => leader is not null).Distinct();
        if (leaders.Count() > 1) ills.Add("The members of etcd name different leaders.");
        if (ills.Count > 0 || members.Length == 0) return ills;

        // A voter that never ran, or runs on a host that was not named, counts, too. The second one is asked from here.
        var answered = members.Select(m => m.Status!.Header.MemberId).ToHashSet();
        var near = cluster.HostsOf(ClusterComponent.Etcd)[0];
        var client = await near.EtcdAsync(cancellationToken).ConfigureAwait(false);
        var list = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
        foreach (var member in list.Members.Where(m => !answered.Contains(m.ID)))
        {
            if (await near.ReachesAsync(member, cancellationToken).ConfigureAwait(false)) answered.Add(member.ID);
        }

        return AwayFrom(answered, list.Members);
    }

    /// <summary>The voters that did not answer.</summary>
    internal static IReadOnlyList<string> AwayFrom(IReadOnlySet<ulong> answered, IEnumerable<Member> members) =>
    [
        .. members.Where(m => !m.IsLearner && !answered.Contains(m.ID)).Select(m =>
            $"The member of etcd '{(m.Name.Length > 0 ? m.Name : string.Join(',', m.PeerURLs))}' answers neither on the hosts nor at its client URLs; it counts as down."),
    ];

    private static async Task<IReadOnlyList<string>> LeasesAsync(DrillApi api, CancellationToken cancellationToken)
    {
        var ills = new List<string>();
        foreach (var name in Leases)
        {
            var (lease, now) = await api.AskAsync(async client =>
                (await client.FindAsync(Resources.Leases, "kube-system", name, cancellationToken).ConfigureAwait(false), client.ServerNow))
                .ConfigureAwait(false);
            var duration = TimeSpan.FromSeconds(lease?.Spec.LeaseDurationSeconds ?? 0);
            if (lease?.Spec.HolderIdentity is not { Length: > 0 })
            {
                ills.Add($"No {name} leads.");
            }
            else if (LateBy(lease.Spec.RenewTime, now, duration) is { } late)
            {
                ills.Add($"The leading {name} has not renewed its lease {late}.");
            }
        }

        return ills;
    }

    /// <summary>Since when a lease has not been renewed, in words; null if it is valid. A lease that was never renewed is not.</summary>
    /// <param name="renewed">When it was renewed, if ever.</param>
    /// <param name="now">The server's time.</param>
    /// <param name="duration">How long it is valid.</param>
    internal static string? LateBy(DateTimeOffset? renewed, DateTimeOffset now, TimeSpan duration)
    {
        if (now - renewed is not { } age) return "yet";
        return age > duration + TimeSpan.FromSeconds(2) ? $"for {Seconds(age)}" : null;
    }

    private static async Task<IReadOnlyList<string>> NodesAsync(DrillCluster cluster, CancellationToken cancellationToken)
    {
        var (nodes, leases, now) = await cluster.Api.AskAsync(async client => (
            (await client.SnapshotAsync(Resources.Nodes, ResourceQuery.All, cancellationToken).ConfigureAwait(false)).Items,
            (await client.SnapshotAsync(Resources.Leases, new ResourceQuery("kube-node-lease"), cancellationToken).ConfigureAwait(false)).Items,
            client.ServerNow)).ConfigureAwait(false);
        var leaseOf = leases.ToDictionary(l => l.Metadata.Name);
        var ills = new List<string>();
        foreach (var node in nodes)
        {
            var name = node.Metadata.Name;
            var spec = leaseOf.GetValueOrDefault(name)?.Spec;
            if (!node.IsReady)
            {
                ills.Add($"Node '{name}' is not ready.");
            }
            else if (LateBy(spec?.RenewTime, now, TimeSpan.FromSeconds(spec?.LeaseDurationSeconds ?? 40)) is { } late)
            {
                // Without a controller manager a dead node keeps the condition Ready.
                ills.Add($"Node '{name}' is called ready, and its kubelet has not renewed its lease {late}.");
            }
        }

        return ills;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
