using ClusterHeal.Kubernetes;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Scheduling;

/// <summary>The practice scheduler: puts each pod on a node that suits it, spread out.</summary>
internal static class Scheduler
{
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is told to stop, or loses its lease.</summary>
    public static Task<int> RunAsync(KubernetesConnection config, LeaderElectionOptions? election, CancellationToken stop) => Component.RunAsync(
        "kube-scheduler", config, election, releases: true, [ResourceKinds.Pods, ResourceKinds.Nodes],
        (cluster, token) => cluster.RunAsync(() => ScheduleAsync(cluster, token), Nap, token), stop);

    private static async Task ScheduleAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var waiting = cluster.All(ResourceKinds.Pods)
            .Where(pod => string.IsNullOrEmpty(pod.Text("spec", "nodeName")) && !pod.Deleting() && !pod.IsDone())
            .Where(pod => pod.Text("spec", "schedulerName") is null or "default-scheduler")
            .OrderByDescending(pod => pod.Number("spec", "priority") ?? 0).ThenBy(pod => pod.Time("metadata", "creationTimestamp"));
        var rooms = new NodeRooms(cluster.All(ResourceKinds.Nodes), cluster.All(ResourceKinds.Pods));
        foreach (var pod in waiting)
        {
            try
            {
                await PlaceAsync(cluster, rooms, pod, cancellationToken);
            }
            catch (ClusterHealException e)
            {
                Log.Write($"{pod.Namespace()}/{pod.Name()}: {e.Message}");
            }
        }
    }

    private static async Task PlaceAsync(Cluster cluster, NodeRooms rooms, JsonObject pod, CancellationToken cancellationToken)
    {
        var choice = rooms.Choose(pod, out var whyNot);
        if (choice is null)
        {
            await ReportAsync(cluster, pod, whyNot, cancellationToken);
            return;
        }

        await cluster.Api.BindAsync(pod, choice, cancellationToken);
        var bound = pod.Copy();
        bound.Spec()["nodeName"] = choice;
        bound.Metadata()["resourceVersion"] = $"{pod.Revision() + 1}"; // Until the watch brings the real one.
        cluster.State.Put(ResourceKinds.Pods, bound);
        rooms.Take(bound);
        var message = $"Successfully assigned {pod.Namespace()}/{pod.Name()} to {choice}";
        await cluster.RecordAsync(pod, "Normal", "Scheduled", message, cancellationToken);
    }

    private static async Task ReportAsync(Cluster cluster, JsonObject pod, string whyNot, CancellationToken cancellationToken)
    {
        if (pod.Condition("PodScheduled").Text("message") == whyNot) return;
        var changed = await cluster.ChangeAsync(
            ResourceKinds.Pods, pod, "status",
            o =>
            {
                o.SetCondition("PodScheduled", "False", "Unschedulable", whyNot, cluster.Now);
                o.Condition("PodScheduled")!["lastProbeTime"] = null;
            },
            cancellationToken);
        if (changed is not null) await cluster.RecordAsync(pod, "Warning", "FailedScheduling", whyNot, cancellationToken);
    }
}
