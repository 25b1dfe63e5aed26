using System.Collections.Concurrent;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// Does what the kubelets of a few nodes would do, without containers: nodes and leases are kept fresh, pods become Running and
/// Ready, pods that are deleted end. A pod's labels change that: <c>fake=pending</c> never starts, <c>fake=unready</c> never becomes Ready,
/// <c>fake=completed</c> ends by itself.
/// </summary>
public sealed class FakeKubelets : IAsyncDisposable
{
    private const int MostAtOnce = 8;
    private readonly RawApi _api;
    private readonly KubernetesClient _client;
    private readonly TimeSpan _beat;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _dead = [];
    private readonly HashSet<string> _nodes;
    private Task _work = Task.CompletedTask;

    private FakeKubelets(RawApi api, KubernetesClient client, TimeSpan beat, string[] nodes)
    {
        _api = api;
        _client = client;
        _beat = beat;
        _nodes = [.. nodes];
    }

    /// <summary>
    /// How long a deleted pod takes to end. Not too short: a StatefulSet's pod that is back under its name before the controller manager
    /// has seen it go counts as disrupted for two minutes.
    /// </summary>
    public TimeSpan TimeToEnd { get; set; } = TimeSpan.FromSeconds(2);

    public static Task<FakeKubelets> StartAsync(LiveControlPlane plane, params string[] nodes) =>
        StartAsync(plane, TimeSpan.FromSeconds(3), nodes);

    /// <summary>Starts and waits until the nodes take pods.</summary>
    /// <param name="plane">Where.</param>
    /// <param name="beat">How often each node says that it lives.</param>
    /// <param name="nodes">Their names.</param>
    public static async Task<FakeKubelets> StartAsync(LiveControlPlane plane, TimeSpan beat, string[] nodes)
    {
        var kubelets = new FakeKubelets(plane.Api(), await plane.ConnectAsync(), beat, nodes);
        await kubelets.ForEachAsync(nodes, kubelets.RegisterAsync);
        kubelets._work = Task.WhenAll(kubelets.HeartbeatsAsync(kubelets._stop.Token), kubelets.ServeAsync(kubelets._stop.Token));
        await LiveControlPlane.Eventually(
            async () => (await kubelets._api.ItemsAsync("/api/v1/nodes"))
                .Where(n => kubelets._nodes.Contains((string)n!["metadata"]!["name"]!))
                .All(n => n!["spec"]!["taints"] is null),
            "the nodes to lose the taint not-ready");
        return kubelets;
    }

    /// <summary>From now on this node's kubelet is silent.</summary>
    public void Die(string node)
    {
        lock (_dead) _dead.Add(node);
    }

    /// <summary>The nodes go too: where most nodes are silent, the controller manager stops removing pods from any of them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var node in _nodes) await _api.DeleteAsync($"/api/v1/nodes/{node}");
        _client.Dispose();
        _api.Dispose();
        _stop.Dispose();
    }

    private bool IsDead(string node)
    {
        lock (_dead) return _dead.Contains(node);
    }

    private async Task RegisterAsync(string node)
    {
        var twin = node[..(node.IndexOf('-') is var i and > 0 ? i : node.Length)];
        await _api.PostAsync("/api/v1/nodes", $$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{node}}","labels":{"kubernetes.io/hostname":"{{node}}","twin":"{{twin}}"} },
             "status":{"capacity":{"cpu":"64","memory":"256Gi","pods":"110"},"allocatable":{"cpu":"64","memory":"256Gi","pods":"110"},
             "addresses":[{"type":"InternalIP","address":"127.0.0.1"}],"nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"6.1.0",
             "osImage":"Debian GNU/Linux 12","containerRuntimeVersion":"containerd://1.7.0","kubeletVersion":"v1.36.2","kubeProxyVersion":"",
             "operatingSystem":"linux","architecture":"amd64"},"conditions":[{{Ready()}}]} }
            """);
        await _api.PostAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", $$"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{node}}","namespace":"kube-node-lease"},
             "spec":{"holderIdentity":"{{node}}","leaseDurationSeconds":40,"renewTime":"{{MicroNow()}}"} }
            """);
    }

    private async Task HeartbeatsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await ForEachAsync(_nodes.Where(n => !IsDead(n)), node => TryAsync(() => _api.PatchAsync(
                $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node}", $$"""{"spec":{"renewTime":"{{MicroNow()}}"} }""")));
            await Task.Delay(_beat, cancellationToken);
        }
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        await using var pods = await ResourceCache<Pod>.StartAsync(_client, Resources.Pods, ResourceQuery.All, cancellationToken);
        var ending = new ConcurrentDictionary<string, bool>();
        while (true)
        {
            var change = pods.NextChange;
            var mine = pods.Items.Where(p => _nodes.Contains(p.Spec.NodeName) && !IsDead(p.Spec.NodeName)).ToArray();
            foreach (var pod in mine.Where(p => p.IsTerminating && ending.TryAdd(p.Metadata.Uid, true))) _ = EndAsync(pod, ending, cancellationToken);
            var starting = mine.Where(p => !p.IsTerminating && p.Status.Phase == "Pending" && Fake(p) != "pending");
            await ForEachAsync(starting, pod => TryAsync(() => RunAsync(pod)));
            await Task.WhenAny(change, Task.Delay(1000, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> action) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = _stop.Token }, async (item, _) => await action(item));

    private Task RunAsync(Pod pod)
    {
        var fake = Fake(pod);
        var phase = fake == "completed" ? "Succeeded" : "Running";
        var ready = fake is "completed" or "unready" ? "False" : "True";
        return _api.PatchAsync(PathOf(pod) + "/status", $$"""
            {"status":{"phase":"{{phase}}","podIP":"10.1.0.1","conditions":[{"type":"Ready","status":"{{ready}}"},{"type":"PodScheduled","status":"True"}]} }
            """);
    }

    /// <summary>A pod that finalizers hold stays as one that has ended.</summary>
    private async Task EndAsync(Pod pod, ConcurrentDictionary<string, bool> ending, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeToEnd, cancellationToken);
        var options = $$"""{"gracePeriodSeconds":0,"preconditions":{"uid":"{{pod.Metadata.Uid}}"} }""";
        if (!await TryAsync(() => _api.DeleteAsync(PathOf(pod), options))) ending.TryRemove(pod.Metadata.Uid, out _);
    }

    /// <summary>A kubelet tries again later, whatever the server said.</summary>
    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(100);
            return false;
        }
    }

    private static string? Fake(Pod pod) => pod.Metadata.Labels?.GetValueOrDefault("fake");

    private static string PathOf(Pod pod) => $"/api/v1/namespaces/{pod.Metadata.Namespace}/pods/{pod.Metadata.Name}";

    private static string MicroNow() => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Ready()
    {
        var now = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return $$"""{"type":"Ready","status":"True","reason":"KubeletReady","message":"fake","lastHeartbeatTime":"{{now}}","lastTransitionTime":"{{now}}"}""";
    }
}
