using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.StandIns;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>
/// The practice kubelet: one node that is Ready while it runs, and pods that are nothing but their state. If it is told so, static
/// pods are processes.
/// </summary>
internal static class PracticeKubelet
{
    /// <summary>Runs until it is told to stop. It does not say that it stops: the node looks dead, as with a real kubelet.</summary>
    public static async Task<int> RunAsync(KubernetesConnection config, KubeletOptions options, CancellationToken stop)
    {
        using var api = new ObjectClient(config);
        using var ports = options.ServesNodePorts ? new NodePorts(options.NodeIp) : null;
        var cluster = new Cluster(api, "kubelet", TimeProvider.System);
        var runtime = new ContainerRuntime(options.RuntimeFolder);
        var node = new NodeReport(options, runtime);
        List<Task> tasks =
        [
            node.ReportAsync(cluster, stop), node.RenewLeaseAsync(cluster, stop), RunPodsAsync(cluster, options, runtime, ports, stop),
            Follow(ResourceKinds.Pods, $"spec.nodeName={options.NodeName}"),
            Follow(ResourceKinds.Nodes, $"metadata.name={options.NodeName}"),
        ];
        if (ports is not null) tasks.AddRange([Follow(ResourceKinds.Services, null), Follow(ResourceKinds.Endpoints, null)]);
        if (options is { RunsStaticPods: true, ManifestFolder: { } manifests })
        {
            tasks.Add(KubeletStandIn.RunAsync(manifests, options.NodeName, stop));
        }
        await await Task.WhenAny(tasks);
        return 1;

        Task Follow(ResourceKind kind, string? fields) => cluster.FollowAsync(kind, fields, new TaskCompletionSource(), stop);
    }

    private static async Task RunPodsAsync(
        Cluster cluster, KubeletOptions options, ContainerRuntime runtime, NodePorts? ports, CancellationToken cancellationToken)
    {
        var runner = new PodRunner(options);
        var manifests = new StaticPods(options);
        await cluster.RunAsync(SyncAsync, TimeSpan.FromSeconds(1), cancellationToken);

        async Task SyncAsync()
        {
            ports?.Sync(cluster);
            // Without a runtime no pod begins, and none ends.
            if (!runtime.Answers) return;
            try
            {
                await manifests.SyncAsync(cluster, cancellationToken);
                var next = await runner.SyncAsync(cluster, cancellationToken);
                if (next < TimeSpan.FromSeconds(1)) _ = RingAfterAsync(next);
            }
            catch (ClusterHealException e)
            {
                Log.Write($"pods: {e.Message}");
            }
        }

        async Task RingAfterAsync(TimeSpan delay)
        {
            await Task.Delay(delay + TimeSpan.FromMilliseconds(2), CancellationToken.None);
            cluster.Ring();
        }
    }
}
