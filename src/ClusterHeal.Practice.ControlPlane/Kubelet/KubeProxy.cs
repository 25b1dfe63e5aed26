using ClusterHeal.Kubernetes;
using System.Net;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>The practice kube-proxy: it serves a node's ports, also when the kubelet beside it or the whole control plane is gone.</summary>
internal static class KubeProxy
{
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is told to stop.</summary>
    public static async Task<int> RunAsync(KubernetesConnection config, IPAddress address, CancellationToken stop)
    {
        using var api = new ObjectClient(config);
        using var ports = new NodePorts(address);
        var cluster = new Cluster(api, "kube-proxy", TimeProvider.System);
        Task[] tasks =
        [
            cluster.RunAsync(SyncAsync, Nap, stop),
            cluster.FollowAsync(ResourceKinds.Services, null, new TaskCompletionSource(), stop),
            cluster.FollowAsync(ResourceKinds.Endpoints, null, new TaskCompletionSource(), stop),
        ];
        await await Task.WhenAny(tasks);
        return 1;

        Task SyncAsync()
        {
            ports.Sync(cluster);
            return Task.CompletedTask;
        }
    }
}
