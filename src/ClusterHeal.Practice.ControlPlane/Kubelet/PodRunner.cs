using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Objects;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>
/// Runs the pods of one node. Its containers are nothing but their state. Annotations make a pod behave:
/// <c>practice.clusterheal/ready-after</c> (seconds, or <c>never</c>), <c>stop-after</c> (seconds until it ends when asked to),
/// <c>run-for</c> (seconds until it ends by itself; pods that are not restarted always do), and <c>waits</c> (a reason, such as
/// <c>CrashLoopBackOff</c>, by which its containers wait and never run).
/// </summary>
internal sealed class PodRunner(KubeletOptions options)
{
    private const string Prefix = "practice.clusterheal/";
    private readonly Dictionary<string, long> _seen = [];
    private readonly Dictionary<string, long> _stopping = [];
    private readonly Dictionary<string, string> _addresses = [];

    /// <summary>Brings every pod of the node to where it should be by now.</summary>
    /// <returns>When to look again at the latest.</returns>
    public async Task<TimeSpan> SyncAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var pods = cluster.All(ResourceKinds.Pods).Where(pod => pod.Text("spec", "nodeName") == options.NodeName).ToArray();
        var uids = pods.Select(pod => pod.Uid()).ToHashSet();
        foreach (var gone in _seen.Keys.Where(uid => !uids.Contains(uid)).ToArray())
        {
            _seen.Remove(gone);
            _stopping.Remove(gone);
            _addresses.Remove(gone);
        }

        var node = cluster.State.Find(ResourceKinds.Nodes, null, options.NodeName);
        var next = TimeSpan.FromSeconds(5);
        foreach (var pod in pods)
        {
            _seen.TryAdd(pod.Uid(), cluster.Ticks);
            if (pod.Text("status", "podIP") is { Length: > 0 } known) _addresses[pod.Uid()] = known;
        }
        foreach (var pod in pods)
        {
            var due = await SyncAsync(cluster, pod, node, cancellationToken);
            if (due < next) next = due;
        }
        return next;
    }

    private static TimeSpan? Seconds(JsonObject pod, string name) =>
        double.TryParse(pod.Annotation(Prefix + name), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : null;

    private Task<TimeSpan> SyncAsync(Cluster cluster, JsonObject pod, JsonObject? node, CancellationToken cancellationToken)
    {
        if (pod.Deleting()) return StopAsync(cluster, pod, cancellationToken);
        if (pod.IsDone() || node is null) return Task.FromResult(TimeSpan.MaxValue);
        return RunAsync(cluster, pod, node, cancellationToken);
    }

    private async Task<TimeSpan> RunAsync(Cluster cluster, JsonObject pod, JsonObject node, CancellationToken cancellationToken)
    {
        if (pod.Annotation(Prefix + "waits") is { } reason)
        {
            await WriteAsync(cluster, pod, o => PodState.Wait(o, reason), cancellationToken);
            return TimeSpan.MaxValue;
        }

        var age = cluster.Since(_seen[pod.Uid()]);
        var started = pod.Text("status", "phase") == "Running";
        var readyAfter = pod.Annotation(Prefix + "ready-after") == "never" ? TimeSpan.MaxValue : Seconds(pod, "ready-after")
            ?? options.StartDelay;
        var endsByItself = pod.Text("spec", "restartPolicy") is "Never" or "OnFailure";
        var endAfter = Seconds(pod, "run-for") ?? (endsByItself ? TimeSpan.FromSeconds(1) : TimeSpan.MaxValue);
        if (endAfter <= age && started)
        {
            await WriteAsync(cluster, pod, o => PodState.Finish(o, cluster.Now), cancellationToken);
            return TimeSpan.MaxValue;
        }

        var ready = age >= readyAfter;
        if (!started && age < options.StartDelay) return options.StartDelay - age;
        if (!started || (ready && !pod.IsReady()))
        {
            var address = AddressFor(pod, node);
            if (address is null) return options.StartDelay;
            await WriteAsync(cluster, pod, o => PodState.Run(o, ready, options.NodeIp.ToString(), address, cluster.Now), cancellationToken);
        }
        var next = ready ? TimeSpan.MaxValue : readyAfter - age;
        return endAfter - age < next ? endAfter - age : next;
    }

    private async Task<TimeSpan> StopAsync(Cluster cluster, JsonObject pod, CancellationToken cancellationToken)
    {
        _stopping.TryAdd(pod.Uid(), cluster.Ticks);
        var grace = TimeSpan.FromSeconds(pod.Number("metadata", "deletionGracePeriodSeconds") ?? 30);
        var needs = Seconds(pod, "stop-after") ?? options.StopDelay;
        var left = (needs < grace ? needs : grace) - cluster.Since(_stopping[pod.Uid()]);
        if (left > TimeSpan.Zero && !pod.IsDone()) return left;

        if (pod.Texts("metadata", "finalizers").Any() && !pod.IsDone())
        {
            await WriteAsync(cluster, pod, o => PodState.Finish(o, cluster.Now), cancellationToken);
        }
        if (pod.Number("metadata", "deletionGracePeriodSeconds") is > 0 || !pod.Texts("metadata", "finalizers").Any())
        {
            await cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken, new V1DeleteOptions { GracePeriodSeconds = 0 });
        }
        return TimeSpan.MaxValue;
    }

    private static Task<JsonObject?> WriteAsync(Cluster cluster, JsonObject pod, Action<JsonObject> change,
        CancellationToken cancellationToken) =>
        cluster.ChangeAsync(ResourceKinds.Pods, pod, "status", change, cancellationToken);

    private string? AddressFor(JsonObject pod, JsonObject node)
    {
        if (pod.Flag("spec", "hostNetwork")) return options.NodeIp.ToString();
        if (_addresses.TryGetValue(pod.Uid(), out var known)) return known;
        if (node.Text("spec", "podCIDR") is not { } range) return null;
        var start = range[..(range.LastIndexOf('.') + 1)];
        const int First = 2, Last = 254;
        var taken = _addresses.Values.ToHashSet();
        var free = Enumerable.Range(First, Last - First + 1).Select(i => $"{start}{i}").FirstOrDefault(address => !taken.Contains(address));
        if (free is not null) _addresses[pod.Uid()] = free;
        return free;
    }
}
