using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>What <c>kubectl get pods</c> says of a pod.</summary>
internal static class PodSummary
{
    /// <summary>How many containers are ready, of how many.</summary>
    public static string Ready(JsonObject pod)
    {
        var ready = pod.Items("status", "containerStatuses").Count(each => each.Flag("ready") && each.At("state", "running") is not null);
        return $"{ready}/{pod.Items("spec", "containers").Count()}";
    }

    public static string Restarts(JsonObject pod) =>
        pod.Items("status", "containerStatuses")
            .Sum(each => each.Number("restartCount") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One word: the phase, or the reason that says more.</summary>
    public static string Status(JsonObject pod)
    {
        var phase = pod.Text("status", "phase") ?? "Unknown";
        var word = pod.Text("status", "reason") ?? phase;
        var running = false;
        foreach (var container in pod.Items("status", "containerStatuses").Reverse())
        {
            var state = container["state"];
            if (state.Text("waiting", "reason") is { Length: > 0 } waiting) word = waiting;
            else if (state.Text("terminated", "reason") is { Length: > 0 } ended) word = ended;
            else if (state.At("terminated") is not null) word = $"ExitCode:{state.Number("terminated", "exitCode") ?? 0}";
            else if (container.Flag("ready") && state.At("running") is not null) running = true;
        }
        if (word == "Completed" && running) word = pod.ConditionTrue("Ready") ? "Running" : "NotReady";
        if (!pod.Deleting()) return word;
        if (pod.Text("status", "reason") == "NodeLost") return "Unknown";
        return phase is "Succeeded" or "Failed" ? word : "Terminating";
    }
}
