using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Runs the pods of each Job until enough have succeeded, or too many failed.</summary>
internal sealed class JobController : IController
{
    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var job in cluster.All(ResourceKinds.Jobs).Where(job => !job.Deleting())) await RunAsync(cluster, job, cancellationToken);
    }

    private static async Task RunAsync(Cluster cluster, JsonObject job, CancellationToken cancellationToken)
    {
        var pods = cluster.OwnedPods(job);
        var (succeeded, failed) = (Count("Succeeded"), Count("Failed"));
        var active = pods.Count(Pods.IsActive);
        var wanted = (int)(job.Number("spec", "completions") ?? 1);
        var complete = succeeded >= wanted;
        var hopeless = failed > (job.Number("spec", "backoffLimit") ?? 6);
        if (!complete && !hopeless && !job.Flag("spec", "suspend"))
        {
            var room = Math.Min((int)(job.Number("spec", "parallelism") ?? 1), wanted - succeeded) - active;
            for (var i = 0; i < room; i++) await cluster.CreateAsync(ResourceKinds.Pods, Pods.FromTemplate(job, null), cancellationToken);
        }

        await cluster.ChangeAsync(
            ResourceKinds.Jobs, job, "status",
            o =>
            {
                var status = o.Status();
                status.Default("startTime", Json.Stamp(cluster.Now));
                foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("active", active), ("succeeded", succeeded),
                    ("failed", failed)])
                {
                    if (value == 0) status.Remove(name);
                    else status[name] = value;
                }
                status["ready"] = pods.Count(pod => pod.IsActive() && pod.IsReady());
                status["terminating"] = pods.Count(pod => pod.Deleting());
                status.Child("uncountedTerminatedPods");
                if (complete)
                {
                    status.Default("completionTime", Json.Stamp(cluster.Now));
                    o.SetCondition("SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods",
                        cluster.Now);
                    o.SetCondition("Complete", "True", "CompletionsReached", "Reached expected number of succeeded pods", cluster.Now);
                }
                else if (hopeless)
                {
                    o.SetCondition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit", cluster.Now);
                }
            },
            cancellationToken);

        int Count(string phase) => pods.Count(pod => pod.Text("status", "phase") == phase);
    }
}
