namespace ClusterHeal.Kubernetes;

/// <summary>Plans and drains nodes.</summary>
/// <param name="client">The API server.</param>
/// <param name="options">How nodes are drained.</param>
/// <param name="sink">Where plans, events, results and failures go.</param>
/// <param name="askEtcd">
/// Asks etcd itself for its members, so that a node with a needed voter is not drained. Null if it is not known how to reach etcd; then its pods are used.
/// </param>
public sealed class NodeDrainer(
    KubernetesClient client,
    NodeDrainOptions options,
    IOperationSink sink,
    Func<CancellationToken, Task<IReadOnlyList<EtcdMember>>>? askEtcd = null)
{
    private const int MostRequests = 16;
    private static readonly TimeSpan CleanUpPatience = TimeSpan.FromSeconds(5);

    private readonly DrainPlanner _planner = new(client, options, askEtcd);

    /// <summary>Emits a <see cref="NodeDrainPlan"/> for each selected node, as if all of them were drained together.</summary>
    /// <param name="names">Names, with wildcards.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task PlanAsync(IReadOnlyList<string> names, string? labelSelector, CancellationToken cancellationToken)
    {
        var nodes = await NodeSelection.FindAsync(client, names, labelSelector, sink, cancellationToken).ConfigureAwait(false);
        if (nodes.Count == 0) return;
        foreach (var plan in await _planner.PlanAsync(nodes, cancellationToken).ConfigureAwait(false)) sink.Emit(plan);
    }

    /// <summary>
    /// Drains nodes: emits a <see cref="NodeDrainEvent"/> for each event and a <see cref="NodeDrainResult"/> for each node. A node that cannot be
    /// drained is an error; the others continue.
    /// </summary>
    /// <param name="names">Names, with wildcards.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="force">True to ask, instead of refusing, if etcd would lose its quorum.</param>
    /// <param name="cancellationToken">Stops it; pods that the server has agreed to evict end anyway.</param>
    public async Task DrainAsync(IReadOnlyList<string> names, string? labelSelector, bool force, CancellationToken cancellationToken)
    {
        var nodes = await NodeSelection.FindAsync(client, names, labelSelector, sink, cancellationToken).ConfigureAwait(false);
        if (nodes.Count == 0) return;
        var agreed = new List<(Node Node, NodeDrainPlan Plan)>();
        var plans = await _planner.PlanAsync(nodes, cancellationToken).ConfigureAwait(false);
        foreach (var caveat in plans.SelectMany(plan => plan.Caveats).Distinct()) sink.Warning(caveat);
        foreach (var (node, plan) in nodes.Zip(plans))
        {
            if (await IsAgreedAsync(plan, force, cancellationToken).ConfigureAwait(false)) agreed.Add((node, plan));
        }

        if (agreed.Count == 0) return;
        var budgets = await WatchBudgetsAsync(cancellationToken).ConfigureAwait(false);
        using var requests = new SemaphoreSlim(MostRequests);
        using var throttle = new SemaphoreSlim(Math.Max(1, options.ThrottleLimit));
        try
        {
            var context = new DrainContext(client, options, sink, budgets, requests);
            var drains = agreed.ConvertAll(a => (a.Node, a.Plan, Drain: new NodeDrain(context, a.Plan, _planner)));
            // All nodes are cordoned before the first is drained. Otherwise the pods of one would move to the next.
            var cordons = drains.ConvertAll(d => CordonAsync(d.Drain, d.Plan, cancellationToken));
            await ((Task)Task.WhenAll(cordons)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(drains.Zip(cordons, (d, c) => DrainAsync(d.Drain, d.Plan, d.Node, c, throttle, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            if (budgets is not null) await budgets.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> IsAgreedAsync(NodeDrainPlan plan, bool force, CancellationToken cancellationToken)
    {
        if (plan.Pods.Any(p => p.Action == PodDrainAction.Refuse))
        {
            sink.Fail(DrainFaults.Refused(plan));
            return false;
        }

        var target = $"node '{plan.NodeName}' in cluster '{plan.ClusterName}'";
        if (plan.QuorumRisk is { } risk)
        {
            if (!force)
            {
                sink.Fail(DrainFaults.Quorum(plan));
                return false;
            }

            var question = $"{risk} Without quorum the whole control plane stops. Drain {target} anyway?";
            if (!await sink.ConfirmDangerAsync("etcd would lose its quorum", question, cancellationToken).ConfigureAwait(false)) return false;
        }

        return await sink.ConfirmAsync(target, DrainPlanText.Describe(plan), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ResourceCache<PodDisruptionBudget>?> WatchBudgetsAsync(CancellationToken cancellationToken)
    {
        if (options.DisableEviction) return null;
        try
        {
            return await ResourceCache<PodDisruptionBudget>.StartAsync(
                client, Resources.Budgets, ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            return null;
        }
    }

    private async Task DrainAsync(
        NodeDrain drain, NodeDrainPlan plan, Node node, Task<bool> cordon, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        var (began, startedAt) = (client.Time.GetTimestamp(), client.Time.GetUtcNow());
        using var deadline = options.Timeout is { } timeout ? new CancellationTokenSource(timeout, client.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var cordonedHere = false;
        ClusterHealException? fault = null;
        try
        {
            cordonedHere = await cordon.ConfigureAwait(false);
            await throttle.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                await drain.RunAsync(node, either.Token).ConfigureAwait(false);
            }
            finally
            {
                throttle.Release();
            }
        }
        catch (ClusterHealException e)
        {
            fault = e;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            fault = drain.MissingReplacements is { } missing
                ? DrainFaults.NotReplaced(plan, options.Timeout!.Value, missing)
                : DrainFaults.Timeout(plan, options.Timeout!.Value, Remaining(drain));
        }
        catch (OperationCanceledException)
        {
            await GiveBackAsync(drain, plan, cordonedHere).ConfigureAwait(false);
            throw;
        }

        var uncordoned = fault is not null && await GiveBackAsync(drain, plan, cordonedHere).ConfigureAwait(false);
        sink.Progress(new OperationProgress($"Draining {plan.NodeName}", fault is null ? "drained" : "given up") { Completed = true });
        sink.Emit(Result(drain, plan, cordonedHere, uncordoned, fault) with { StartedAt = startedAt, Duration = client.Time.GetElapsedTime(began) });
        if (fault is not null) sink.Fail(fault);
    }

    private async Task<bool> CordonAsync(NodeDrain drain, NodeDrainPlan plan, CancellationToken cancellationToken)
    {
        if (plan.IsCordoned)
        {
            drain.Log.Node(NodeDrainEventKind.AlreadyCordoned);
            return false;
        }

        try
        {
            await Cordon.SetAsync(client, plan.NodeName, schedulable: false, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            sink.Warning($"Node '{plan.NodeName}' may be cordoned: the drain was stopped before the server answered. Resume-NodeScheduling makes it schedulable.");
            throw;
        }

        drain.Log.Node(NodeDrainEventKind.Cordoned);
        return true;
    }

    /// <summary>Uncordons a node that this drain cordoned, if the user wants that. One that was cordoned before stays cordoned.</summary>
    private async Task<bool> GiveBackAsync(NodeDrain drain, NodeDrainPlan plan, bool cordonedHere)
    {
        if (!cordonedHere) return false;
        if (!options.ResumeOnFailure)
        {
            sink.Warning($"Node '{plan.NodeName}' stays cordoned. Resume-NodeScheduling makes it schedulable again.");
            return false;
        }

        using var patience = new CancellationTokenSource(CleanUpPatience, client.Time);
        try
        {
            await Cordon.SetAsync(client, plan.NodeName, schedulable: true, patience.Token).ConfigureAwait(false);
            drain.Log.Node(NodeDrainEventKind.Uncordoned, "the drain gave up");
            return true;
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            sink.Warning($"Node '{plan.NodeName}' could not be uncordoned and stays cordoned: {e.Message} Resume-NodeScheduling tries again.");
            return false;
        }
    }

    private static RemainingPod[] Remaining(NodeDrain drain) =>
        [.. drain.Targets.Where(t => t.State != DrainTargetState.Gone).Select(t => t.ToRemaining())];

    private static NodeDrainResult Result(
        NodeDrain drain, NodeDrainPlan plan, bool cordonedHere, bool uncordoned, ClusterHealException? fault) => new()
        {
            NodeName = plan.NodeName,
            ClusterName = plan.ClusterName,
            Succeeded = fault is null,
            CordonedHere = cordonedHere,
            Uncordoned = uncordoned,
            Removed = drain.Targets.Count(t => t.State == DrainTargetState.Gone),
            Skipped = drain.SkippedCount,
            Remaining = Remaining(drain),
            StartedAt = default,
            Message = fault?.Message,
        };
}
