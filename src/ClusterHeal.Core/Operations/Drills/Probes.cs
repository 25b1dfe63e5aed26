using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>Makes the probes of drills. Each works even if the API server of a host, or all of them, are down; otherwise it says that it cannot see.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="canary">The canary.</param>
internal sealed class Probes(DrillCluster cluster, Canary canary)
{
    /// <summary>The API server of a host by itself: <c>ready</c>, <c>not ready</c>, or <c>refused</c>.</summary>
    public static Probe ApiServer(DrillHost host)
    {
        var probe = new ApiServerProbe(host.Shell, host.Find(ClusterComponent.ApiServer)!);
        return new Probe($"API server {host.Name}", async stop =>
            await probe.AskReadyAsync(stop).ConfigureAwait(false) is not { } code ? "refused" : ApiServerProbe.IsYes(code) ? "ready" : "not ready");
    }

    /// <summary>How many API servers have a lease in etcd: the endpoints of the service <c>kubernetes</c>. Asked through a host.</summary>
    public static Probe Registered(DrillHost through) => new("API servers registered", async stop =>
    {
        var servers = await RegisteredApiServers.AskAsync(through.Shell, through.Find(ClusterComponent.ApiServer)!, stop).ConfigureAwait(false);
        return servers.Reason is null ? servers.Addresses.Count.ToString(CultureInfo.InvariantCulture) : "? etcd";
    });

    /// <summary>The member of etcd of a host: <c>healthy</c>, <c>not healthy</c>, or <c>no answer</c>.</summary>
    public static Probe Member(DrillHost host) => new($"etcd {host.Name}", async stop =>
        await host.EtcdStatusAsync(stop).ConfigureAwait(false) is { } status
            ? status.Leader != 0 && status.Errors.Count == 0 ? "healthy" : "not healthy"
            : "no answer");

    /// <summary>The members of etcd on some hosts: <c>3 of 3, leader 8e9e05c52164694d</c>; the leader is <c>none</c> without one.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="evenIfFull">True if a member with an alarm counts as healthy, because the drill raises it.</param>
    public static Probe Etcd(IReadOnlyList<DrillHost> hosts, bool evenIfFull = false) => new("etcd", async stop =>
    {
        var answers = await Task.WhenAll(hosts.Select(host => host.EtcdStatusAsync(stop))).ConfigureAwait(false);
        var healthy = answers.Where(a => a is { Leader: not 0 } && (evenIfFull || a.Errors.Count == 0)).ToArray();
        var leaders = healthy.Select(a => a!.Leader).Distinct().ToArray();
        var leader = leaders is [var one] ? EtcdId.Hex(one) : leaders.Length == 0 ? "none" : "disputed";
        return string.Create(CultureInfo.InvariantCulture, $"{healthy.Length} of {hosts.Count}, leader {leader}");
    });

    /// <summary>The components of some hosts: <c>all run</c>, or those that do not.</summary>
    public static Probe Components(IReadOnlyList<DrillHost> hosts) => new("other components", async stop =>
    {
        var down = await Task.WhenAll(hosts.Select(host => host.DownAsync(stop))).ConfigureAwait(false);
        var names = down.SelectMany(d => d).Select(c => $"{c.Component} on {c.HostName} {c.State}").ToArray();
        return names.Length == 0 ? "all run" : string.Join(", ", names);
    });

    /// <summary>The lease of a component: <c>held by kubem00</c>, <c>free</c>, or <c>expired</c>.</summary>
    /// <param name="name">The lease.</param>
    public Probe Lease(string name) => new($"lease {name}", async stop =>
    {
        var (lease, now) = await cluster.Api.AskAsync(async api =>
            (await api.FindAsync(Resources.Leases, "kube-system", name, stop).ConfigureAwait(false), api.ServerNow)).ConfigureAwait(false);
        if (lease?.Spec.HolderIdentity is not { Length: > 0 } holder) return "free";
        var isOver = now - lease.Spec.RenewTime > TimeSpan.FromSeconds((lease.Spec.LeaseDurationSeconds ?? 0) + 1);
        return isOver ? "expired" : $"held by {Host(holder)}";
    });

    /// <summary>The canary by HTTP.</summary>
    public static Probe Serving(ServingProbe serving) => new(ServingProbe.Name, serving.AskAsync);

    /// <summary>A pod: <c>absent</c>, <c>waiting for a node</c>, or <c>on NODE</c>.</summary>
    public Probe Pod(string name) => new($"pod '{name}'", async stop => await canary.FindPodAsync(name, stop).ConfigureAwait(false) switch
    {
        null => "absent",
        { Spec.NodeName.Length: > 0 } pod => $"on {pod.Spec.NodeName}",
        _ => "waiting for a node",
    });

    /// <summary>
    /// How many pods the canary has and how many are ready, not counting those that end: <c>1 ready of 1</c>; and, when one has been deleted, how
    /// many are newer: <c>2 ready of 2, 1 new</c>.
    /// </summary>
    public Probe Pods() => new("canary pods", async stop =>
    {
        var pods = (await canary.PodsAsync(stop).ConfigureAwait(false)).Where(p => !p.IsTerminating).ToArray();
        return Count(pods.Count(p => p.IsReady), pods.Length, pods.Count(canary.IsNew));
    });

    /// <summary>The canary's pods on a node: <c>1 here, 0 ending, 2 ready elsewhere</c>.</summary>
    public Probe PodsOf(string node) => new($"canary pods of {node}", async stop =>
    {
        var pods = await canary.PodsAsync(stop).ConfigureAwait(false);
        var here = pods.Where(p => p.Spec.NodeName == node).ToArray();
        var elsewhere = pods.Count(p => p.Spec.NodeName != node && p.IsReady && !p.IsTerminating);
        return Places(here.Count(p => !p.IsTerminating), here.Count(p => p.IsTerminating), elsewhere);
    });

    /// <summary>All nodes: <c>all ready</c>, or those that are not.</summary>
    public Probe Nodes() => new("nodes", async stop =>
    {
        var nodes = await cluster.Api.AskAsync(api => api.SnapshotAsync(Resources.Nodes, ResourceQuery.All, stop)).ConfigureAwait(false);
        var names = nodes.Items.Where(n => !n.IsReady).Select(n => $"{n.Metadata.Name} {Readiness(n)}").ToArray();
        return names.Length == 0 ? "all ready" : string.Join(", ", names);
    });

    /// <summary>
    /// An object of the drill's namespace, as each API server says: <c>there</c>, <c>absent</c>, <c>another</c> of that name, or <c>not the same everywhere</c>.
    /// </summary>
    /// <param name="type">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isIt">Whether an object of that kind and name is the right one.</param>
    public Probe Object(ResourceType<AnyObject> type, string name, Func<AnyObject, bool> isIt) => new($"{type.Plural} '{name}'", async stop =>
    {
        var found = await cluster.Api.AskEachAsync(api => api.FindAsync(type, canary.Namespace, name, stop)).ConfigureAwait(false);
        if (found.DistinctBy(o => o?.Metadata.Uid).Count() != 1) return "not the same everywhere";
        return found[0] is not { } one ? "absent" : isIt(one) ? "there" : "another";
    });

    /// <summary>A node: <c>Ready</c>, <c>NotReady</c>, <c>Unknown</c>, followed by <c>, cordoned</c> if it is.</summary>
    public Probe Node(string name) => new($"node {name}", async stop =>
    {
        var node = await cluster.Api.AskAsync(api => api.GetAsync(Resources.Nodes, null, name, stop)).ConfigureAwait(false);
        return Readiness(node) + (node.Spec.Unschedulable ? ", cordoned" : "");
    });

    /// <summary>What <see cref="Pods"/> answers.</summary>
    public static string Count(int ready, int all, int fresh) =>
        string.Create(CultureInfo.InvariantCulture, $"{ready} ready of {all}{(fresh > 0 ? $", {fresh} new" : "")}");

    /// <summary>What <see cref="PodsOf"/> answers.</summary>
    public static string Places(int here, int ending, int elsewhere) =>
        string.Create(CultureInfo.InvariantCulture, $"{here} here, {ending} ending, {elsewhere} ready elsewhere");

    private static string Readiness(Node node) => node.IsReady ? "Ready" : node.IsSilent ? "Unknown" : "NotReady";

    // A holder is the host's name, an underscore and a UUID.
    private static string Host(string holder) => holder.LastIndexOf('_') is > 0 and var end ? holder[..end] : holder;
}
