namespace ClusterHeal.Kubernetes;

/// <summary>Waits until the workloads of evicted pods have as many Ready pods as before, or as they should have by now.</summary>
internal sealed class ReplacementWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, (string ApiVersion, string Plural)> Scalable = new()
    {
        ["ReplicaSet"] = ("apps/v1", "replicasets"),
        ["StatefulSet"] = ("apps/v1", "statefulsets"),
        ["ReplicationController"] = ("v1", "replicationcontrollers"),
    };

    private readonly KubernetesClient? _client;
    private readonly List<ResourceCache<Pod>> _caches;
    private readonly Dictionary<string, Need> _needs;

    private ReplacementWatch(KubernetesClient? client, List<ResourceCache<Pod>> caches, Dictionary<string, Need> needs)
    {
        _client = client;
        _caches = caches;
        _needs = needs;
    }

    /// <summary>Waits for nothing.</summary>
    public static ReplacementWatch None { get; } = new(null, [], []);

    /// <summary>The workloads that do not have all pods yet, in words; null if none is missing.</summary>
    public string? Missing { get; private set; }

    /// <summary>Counts the Ready pods of the workloads now, before any is evicted.</summary>
    public static async Task<ReplacementWatch> StartAsync(KubernetesClient client, IEnumerable<Pod> evicted, CancellationToken cancellationToken)
    {
        // A Job's pod that is gone may have been its last one: it is not created again when its work is done.
        var pods = evicted.Where(p => p is { IsReady: true, Metadata.Controller.Kind: not "Job" } && p.Metadata.Controller is not null).ToArray();
        var watch = new ReplacementWatch(client, [], []);
        foreach (var nameSpace in pods.Select(p => p.Metadata.Namespace).Distinct())
        {
            watch._caches.Add(await ResourceCache<Pod>.StartAsync(
                client, Resources.Pods, new ResourceQuery(nameSpace), cancellationToken).ConfigureAwait(false));
        }

        foreach (var pod in pods)
        {
            var owner = pod.Metadata.Controller!;
            watch._needs.TryAdd(owner.Uid, new Need(pod.Metadata.Namespace, owner, watch.ReadyPods(owner.Uid)));
        }

        return watch;
    }

    /// <summary>Ends when every workload has all its pods again.</summary>
    public async Task WaitAsync(IOperationSink sink, string nodeName, CancellationToken cancellationToken)
    {
        var missing = _needs.Values.ToList();
        while (true)
        {
            var change = Task.WhenAny(_caches.Select(c => c.NextChange).DefaultIfEmpty(Task.CompletedTask));
            for (var i = missing.Count - 1; i >= 0; i--)
            {
                if (await IsMetAsync(missing[i], cancellationToken).ConfigureAwait(false)) missing.RemoveAt(i);
            }

            Missing = missing.Count == 0
                ? null
                : string.Join(", ", missing.Select(n => $"{n.Namespace}/{n.Owner} ({ReadyPods(n.Owner.Uid)} of {n.Ready} Ready)"));
            if (Missing is null) return;
            sink.Progress(new OperationProgress($"Draining {nodeName}", $"waiting for replacements: {Missing}"));
            // Changes come in bursts, and a workload that was scaled down changes no pod.
            await Task.Delay(Period / 4, _client!.Time, cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(change, Task.Delay(Period, _client.Time, cancellationToken)).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches) await cache.DisposeAsync().ConfigureAwait(false);
    }

    private int ReadyPods(string ownerUid) =>
        _caches.Sum(c => c.Items.Count(p => p.IsReady && !p.IsTerminating && p.Metadata.Controller?.Uid == ownerUid));

    private async Task<bool> IsMetAsync(Need need, CancellationToken cancellationToken)
    {
        var ready = ReadyPods(need.Owner.Uid);
        if (ready >= need.Ready) return true;
        if (!Scalable.TryGetValue(need.Owner.Kind, out var kind)) return false;
        try
        {
            var type = Resources.Workloads(kind.ApiVersion, kind.Plural);
            var workload = await _client!.FindAsync(type, need.Namespace, need.Owner.Name, cancellationToken).ConfigureAwait(false);
            return workload is null || workload.Metadata.Uid != need.Owner.Uid || ready >= (workload.Spec.Replicas ?? 1);
        }
        catch (KubernetesException e) when (e.IsTransient || e.StatusCode == 403)
        {
            return false;
        }
    }

    private sealed record Need(string Namespace, OwnerReference Owner, int Ready);
}
