using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>The cluster of a drill as it is before anything is changed.</summary>
internal sealed class DrillCluster : IAsyncDisposable
{
    private DrillCluster(FailureDrillRequest request, IReadOnlyList<DrillHost> hosts, DrillApi api)
    {
        Name = request.Kubernetes.ClusterName;
        Hosts = hosts;
        Api = api;
        Times = new ClusterTimes([.. hosts.SelectMany(h => h.Components)]);
    }

    public string Name { get; }

    /// <summary>The control-plane hosts.</summary>
    public IReadOnlyList<DrillHost> Hosts { get; }

    public DrillApi Api { get; }

    public ClusterTimes Times { get; }

    public IReadOnlyList<Node> Nodes { get; private set; } = [];

    /// <summary>How long the lease of a node is valid, as its kubelet wrote it.</summary>
    public TimeSpan NodeLease { get; private set; }

    /// <summary>The API servers with a lease in etcd; null without a host whose etcd can be asked.</summary>
    public RegisteredApiServers? Registered { get; private set; }

    /// <summary>How many there are; 0 if that is not known.</summary>
    public int RegisteredServers => Registered?.Addresses.Count ?? 0;

    /// <summary>The nodes that accept pods.</summary>
    public IEnumerable<Node> Workers => Nodes.Where(n => n.IsReady && !n.Spec.Unschedulable && n.Spec.Taints is not { Count: > 0 });

    /// <summary>
    /// True for a practice cluster: every kubelet names a container runtime that does not really exist, because its containers are only state (docs/design/0009).
    /// </summary>
    public bool IsPractice => Nodes.Count > 0 && Nodes.All(n => n.Status.NodeInfo.ContainerRuntimeVersion.StartsWith("practice://", StringComparison.Ordinal));

    /// <summary>Examines the hosts and the nodes.</summary>
    /// <exception cref="ClusterHealException">A host or the API cannot be asked.</exception>
    public static async Task<DrillCluster> LookAsync(FailureDrillRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Hosts.Count == 0)
        {
            throw new ClusterHealException(
                ErrorIds.DrillRefused,
                FaultCategory.InvalidArgument,
                "A drill has to know the control-plane hosts, and none is named. Nothing was touched.",
                request.Kubernetes.ClusterName,
                "Name them with -HostName, or connect with Connect-Cluster -HostName.");
        }

        var shells = request.Hosts.Select(request.OpenShell).ToArray();
        try
        {
            var hosts = await Task.WhenAll(shells.Zip(request.Hosts).Select(host => DrillHost.LookAsync(host.First, host.Second, cancellationToken)))
                .ConfigureAwait(false);
            HostIdentity.RequireDistinct(hosts.Select(host => (host.Name, host.Identity)));
            var cluster = new DrillCluster(request, hosts, new DrillApi(request.Kubernetes, hosts, time));
            if (cluster.HostsOf(ClusterComponent.Etcd).Count == 0) throw NoEtcd(request);
            cluster.Nodes = (await cluster.Api.AskAsync(api => api.SnapshotAsync(Resources.Nodes, ResourceQuery.All, cancellationToken))
                .ConfigureAwait(false)).Items;
            var leases = await cluster.Api.AskAsync(api => api.SnapshotAsync(Resources.Leases, new ResourceQuery("kube-node-lease"), cancellationToken))
                .ConfigureAwait(false);
            cluster.NodeLease = TimeSpan.FromSeconds(leases.Items.Max(l => l.Spec.LeaseDurationSeconds) ?? 40);
            if (cluster.HostsOf(ClusterComponent.ApiServer) is [var first, ..])
            {
                var server = first.Find(ClusterComponent.ApiServer)!;
                cluster.Registered = await RegisteredApiServers.AskAsync(first.Shell, server, cancellationToken).ConfigureAwait(false);
            }

            return cluster;
        }
        catch
        {
            foreach (var shell in shells) await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Every drill has to watch etcd's quorum.
    private static ClusterHealException NoEtcd(FailureDrillRequest request) => new(
        ErrorIds.DrillRefused,
        FaultCategory.InvalidArgument,
        $"None of {string.Join(", ", request.Hosts.Select(host => host.HostName))} has a member of etcd, so whether etcd keeps its quorum could not be seen. Nothing was touched.",
        request.Kubernetes.ClusterName,
        "Name the hosts of etcd too, with -HostName.");

    /// <summary>The hosts that have a component.</summary>
    public IReadOnlyList<DrillHost> HostsOf(ClusterComponent component) => [.. Hosts.Where(h => h.Find(component) is not null)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        foreach (var host in Hosts) await host.DisposeAsync().ConfigureAwait(false);
    }
}
