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

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>The control-plane hosts.</summary>
    public IReadOnlyList<DrillHost> Hosts { get; }

    /// <summary>The API.</summary>
    public DrillApi Api { get; }

    /// <summary>What the flags say about times.</summary>
    public ClusterTimes Times { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<Node> Nodes { get; private set; } = [];

    /// <summary>How long the lease of a node counts, which its kubelet says there.</summary>
    public TimeSpan NodeLease { get; private set; }

    /// <summary>The API servers that hold a lease in etcd; null without a host that has one to ask for them.</summary>
    public RegisteredApiServers? Registered { get; private set; }

    /// <summary>How many they are; 0 if that cannot be told.</summary>
    public int RegisteredServers => Registered?.Addresses.Count ?? 0;

    /// <summary>The nodes that take pods.</summary>
    public IEnumerable<Node> Workers => Nodes.Where(n => n.IsReady && !n.Spec.Unschedulable && n.Spec.Taints is not { Count: > 0 });

    /// <summary>
    /// True for a practice cluster: every kubelet names a container runtime that no real one has, since its containers are nothing but their
    /// state (docs/design/0009).
    /// </summary>
    public bool IsPractice => Nodes.Count > 0 && Nodes.All(n => n.Status.NodeInfo.ContainerRuntimeVersion.StartsWith("practice://", StringComparison.Ordinal));

    /// <summary>Looks at the hosts and the nodes.</summary>
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

    // Its quorum is what every drill has to watch.
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
