namespace ClusterHeal.Kubernetes;

/// <summary>Drains one node that is already cordoned: evicts, watches until the pods are gone, and waits for replacements.</summary>
/// <param name="context">What all nodes share.</param>
/// <param name="plan">The plan that the user has agreed to.</param>
/// <param name="planner">Chooses the pods again, because some may have come before the cordon.</param>
internal sealed class NodeDrain(DrainContext context, NodeDrainPlan plan, DrainPlanner planner)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceWithDead = TimeSpan.FromSeconds(30);
    private static readonly Taint CordonTaint = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    private readonly DrainLog _log = new(plan.NodeName, context);
    private readonly List<DrainTarget> _targets = [];
    private readonly HashSet<string> _seen = [];
    private int _skipped;
    private ReplacementWatch? _awaited;

    /// <summary>The pods to evict.</summary>
    public IReadOnlyList<DrainTarget> Targets => _targets;

    /// <summary>How many pods were left on purpose.</summary>
    public int SkippedCount => _skipped + _targets.Count(t => t.State == DrainTargetState.Abandoned);

    /// <summary>The workloads whose replacements are still missing, in words, or null.</summary>
    public string? MissingReplacements => _awaited?.Missing;

    public DrainLog Log => _log;

    /// <summary>Ends when every pod to evict is gone.</summary>
    /// <exception cref="ClusterHealException">Some pods cannot be evicted.</exception>
    public async Task RunAsync(Node node, CancellationToken cancellationToken)
    {
        var filters = await PersistAsync(() => planner.FiltersAsync([node], [], cancellationToken), cancellationToken).ConfigureAwait(false);
        var filter = filters[plan.NodeName];
        var query = planner.PodsOf(plan.NodeName);
        var pods = await PersistAsync(
            () => ResourceCache<Pod>.StartAsync(context.Client, Resources.Pods, query, cancellationToken), cancellationToken).ConfigureAwait(false);
        await using var podsLifetime = pods.ConfigureAwait(false);
        var chosen = Choose(pods, filter, late: false);
        var replacements = context.Options.WaitForReplacement
            ? await PersistAsync(
                () => ReplacementWatch.StartAsync(context.Client, chosen.Select(t => t.Pod), cancellationToken), cancellationToken).ConfigureAwait(false)
            : null;
        await using var replacementsLifetime = (replacements ?? ReplacementWatch.None).ConfigureAwait(false);
        for (; chosen.Count > 0; chosen = Choose(pods, filter, late: true)) await EvictAsync(pods, chosen, cancellationToken).ConfigureAwait(false);

        var failed = _targets.Where(t => t.State == DrainTargetState.Failed).ToArray();
        if (failed.Length > 0) throw DrainFaults.Incomplete(plan, [.. failed.Select(t => t.ToRemaining())]);
        if (replacements is null) return;
        _awaited = replacements;
        _log.Node(NodeDrainEventKind.AwaitingReplacements);
        await replacements.WaitAsync(context.Sink, plan.NodeName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The pods to evict. Late ones came before the scheduler saw the cordon. A late one that tolerates a cordon would come again and again, so it
    /// stays; one that would have been refused stays, too.
    /// </summary>
    private List<DrainTarget> Choose(ResourceCache<Pod> pods, DrainFilter filter, bool late)
    {
        var chosen = new List<DrainTarget>();
        var refusing = new List<PodDrainDecision>();
        foreach (var pod in pods.Items.Where(p => _seen.Add(p.Metadata.Uid)))
        {
            var decision = filter.Decide(pod);
            if (decision.Action == PodDrainAction.Skip) Skip(decision);
            else if (late && (decision.Action == PodDrainAction.Refuse || ReplacementPlaces.Tolerates(pod, CordonTaint))) LeaveLate(decision);
            else if (decision.Action == PodDrainAction.Refuse) refusing.Add(decision);
            else chosen.Add(new DrainTarget(pod, decision.Action));
        }

        if (refusing.Count > 0) throw DrainFaults.Refused(plan with { Pods = [.. refusing] });
        _targets.AddRange(chosen);
        return chosen;
    }

    private void LeaveLate(PodDrainDecision decision)
    {
        context.Sink.Warning($"Pod {decision.Namespace}/{decision.PodName} came to node '{plan.NodeName}' after its cordon and is left there.");
        Skip(decision);
    }

    private void Skip(PodDrainDecision decision)
    {
        _skipped++;
        _log.Skipped(decision);
    }

    private async Task EvictAsync(ResourceCache<Pod> pods, List<DrainTarget> targets, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queue = new EvictionQueue(context, _log, pods.Find);
        var queues = ByBudget(targets).ConvertAll(guarded => queue.RunAsync(guarded, end.Token));
        try
        {
            await MonitorAsync(pods, targets, queues, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(queues).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<DrainTarget[]> ByBudget(List<DrainTarget> targets)
    {
        var guarded = targets.ToLookup(context.BudgetOf);
        return [.. guarded.Where(g => g.Key.Length > 0).Select(g => g.ToArray()), .. guarded[""].Select(t => new[] { t })];
    }

    /// <summary>Watches until all pods are gone, reports what it waits for, and gives up if waiting cannot help.</summary>
    private async Task MonitorAsync(ResourceCache<Pod> pods, List<DrainTarget> targets, List<Task> queues, CancellationToken cancellationToken)
    {
        var outage = false;
        while (true)
        {
            var change = pods.NextChange;
            foreach (var target in targets.Where(t => t.IsOpen)) Look(target, pods.Find(target.Pod.Metadata.Uid));
            ReportProgress(targets);
            if (!targets.Any(t => t.IsOpen)) return;
            if (pods.Outage is not null != outage)
            {
                outage = !outage;
                _log.Node(outage ? NodeDrainEventKind.ApiUnavailable : NodeDrainEventKind.ApiAvailable, pods.Outage?.Message ?? "");
            }

            if (queues.Find(running => running.IsFaulted) is { } broken) await broken.ConfigureAwait(false);
            if (!outage && plan.IsDead) GiveUpOnDead(pods, targets);
            using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(change, Task.Delay(Tick, context.Client.Time, tick.Token)).ConfigureAwait(false);
            await tick.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Look(DrainTarget target, Pod? pod)
    {
        if (pod is null)
        {
            _log.Gone(target);
            return;
        }

        if (pod.Metadata.DeletionTimestamp is not { } deleted) return;
        var late = context.Client.ServerNow - deleted;
        if (context.Options.SkipWaitForDelete is { } limit && limit > TimeSpan.Zero && late > limit)
            _log.Abandoned(target, $"has been ending since {pod.Metadata.DeletionAsked!.Value.UtcDateTime:u} and is not waited for");
        else if (late > Lateness) _log.Lingering(target, WhyLingering(pod, late));
    }

    private string WhyLingering(Pod pod, TimeSpan late)
    {
        var end = $"its grace period ended {late.TotalSeconds:0} s ago";
        if (pod.Metadata.Finalizers is { Count: > 0 } finalizers) return $"{end}; the finalizers {string.Join(", ", finalizers)} hold it";
        return plan.IsDead ? $"{end}; the kubelet, which would have to end it, is silent" : $"{end}; the kubelet has not ended it yet";
    }

    private void GiveUpOnDead(ResourceCache<Pod> pods, List<DrainTarget> targets)
    {
        var open = targets.Where(t => t.IsOpen).ToArray();
        var hopeless = open.All(t => pods.Find(t.Pod.Metadata.Uid)?.Metadata.DeletionTimestamp is { } deleted
            && context.Client.ServerNow - deleted > PatienceWithDead);
        if (open.Length > 0 && hopeless) throw DrainFaults.NodeDead(plan, open);
    }

    private void ReportProgress(List<DrainTarget> targets)
    {
        var closed = targets.Count(t => !t.IsOpen);
        var blocked = targets.Where(t => t.State == DrainTargetState.Asking && t.Obstacle != EvictionObstacle.None).ToArray();
        var status = $"{closed} of {targets.Count} pods gone" + (blocked.Length == 0 ? "" : $"; {blocked.Length} blocked: {blocked[0].Message}");
        context.Sink.Progress(new OperationProgress($"Draining {plan.NodeName}", status, targets.Count == 0 ? 100 : 100 * closed / targets.Count));
    }

    /// <summary>Continues the drain if an API server is away for a moment.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await step().ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.IsTransient)
            {
                _log.Node(NodeDrainEventKind.ApiUnavailable, e.Message);
                await Task.Delay(Tick, context.Client.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
