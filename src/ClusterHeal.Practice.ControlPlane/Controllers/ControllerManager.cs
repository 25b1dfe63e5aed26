using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>The practice controller manager: all controllers in turn, after each change.</summary>
internal static class ControllerManager
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is told to stop, or loses its lease.</summary>
    public static Task<int> RunAsync(KubernetesConnection config, LeaderElectionOptions? election, ControllerOptions options, CancellationToken stop)
    {
        IController[] controllers =
        [
            new NamespaceController(), new NodeLifecycleController(options), new TaintEvictionController(),
                new PodGarbageController(options),
            new DeploymentController(), new ReplicaSetController(), new StatefulSetController(), new DaemonSetController(),
                new JobController(),
            new DisruptionController(), new EndpointController(), new GarbageCollector(),
        ];
        var nap = options.NodeMonitorPeriod < LongestNap ? options.NodeMonitorPeriod : LongestNap;
        return Component.RunAsync(
            "kube-controller-manager", config, election, releases: false, ResourceKinds.All.Where(kind => kind != ResourceKinds.Events),
            (cluster, token) => cluster.RunAsync(() => ReconcileAsync(controllers, cluster, token), nap, token), stop);
    }

    /// <summary>One after the other; if one fails, the others go on.</summary>
    private static async Task ReconcileAsync(IController[] controllers, Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var controller in controllers)
        {
            try
            {
                await controller.ReconcileAsync(cluster, cancellationToken);
            }
            catch (ClusterHealException e)
            {
                Log.Write($"{controller.GetType().Name}: {e.Message}");
            }
        }
    }
}
