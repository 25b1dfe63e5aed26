namespace ClusterHeal.Kubernetes;

/// <summary>Reads the cluster and makes the plans of drains; changes nothing.</summary>
/// <param name="client">The API server.</param>
/// <param name="options">How the nodes would be drained.</param>
/// <param name="askEtcd">Asks etcd itself for its members, or null if it is not known how to reach it.</param>
internal sealed class DrainPlanner(
    KubernetesClient client, NodeDrainOptions options, Func<CancellationToken, Task<IReadOnlyList<EtcdMember>>>? askEtcd)
{
    private const string PodsUnread = "The pods of etcd may not be read, so they are not guarded";
    private const string EtcdUnasked = "etcd could not be asked for its members, so only those that run as pods are guarded";

    /// <summary>The plans for nodes that are drained together, in their order.</summary>
    public async Task<IReadOnlyList<NodeDrainPlan>> PlanAsync(IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var caveats = new List<string>();
        var allNodes = TryListAsync(
            Resources.Nodes, ResourceQuery.All, caveats, "Nodes may not be listed, so the plan cannot say whether replacements find a place", cancellationToken);
        var budgets = TryListAsync(
            Resources.Budgets, ResourceQuery.All, caveats, "Budgets may not be read, so the plan cannot say what they block", cancellationToken);
        var members = TryAskEtcdAsync(caveats, cancellationToken);
        var etcdPods = TryListAsync(
            Resources.Pods, EtcdQuorum.Pods, caveats, PodsUnread, cancellationToken);
        var filters = await FiltersAsync(nodes, caveats, cancellationToken).ConfigureAwait(false);
        var podsOf = new Dictionary<string, IReadOnlyList<Pod>>();
        foreach (var node in nodes) podsOf[node.Metadata.Name] = await PodsOnAsync(node.Metadata.Name, cancellationToken).ConfigureAwait(false);

        var names = nodes.Select(n => n.Metadata.Name).ToHashSet();
        var decisions = nodes.ToDictionary(n => n.Metadata.Name, n => podsOf[n.Metadata.Name].Select(filters[n.Metadata.Name].Decide).ToArray());
        var listed = await allNodes.ConfigureAwait(false);
        var all = listed ?? nodes;
        var places = new ReplacementPlaces(listed, names);
        var leaving = decisions.Values.SelectMany(d => d).Where(d => d.Action == PodDrainAction.Evict).Select(d => d.Uid).ToHashSet();
        var toEvict = podsOf.Values.SelectMany(p => p).Where(p => leaving.Contains(p.Metadata.Uid)).ToArray();
        var (forecasts, budgetForecasts) = await SolveAsync(toEvict, await budgets.ConfigureAwait(false) ?? [], places, cancellationToken).ConfigureAwait(false);
        var forecastOf = forecasts.ToDictionary(f => f.Pod.Metadata.Uid);
        var pods = EtcdQuorum.Voters(await etcdPods.ConfigureAwait(false) ?? []);
        var known = await members.ConfigureAwait(false);
        var voters = known is null ? pods : EtcdQuorum.Voters(known, all);
        // Members that are units have no pods. So unless etcd itself was asked, a node without such a pod may have a member, too.
        var obstacle = known is not null
            ? null
            : caveats.Find(c => c.StartsWith(EtcdUnasked, StringComparison.Ordinal) || c.StartsWith(PodsUnread, StringComparison.Ordinal));
        bool MayCarry(Node node) =>
            voters.All(v => v.NodeName != node.Metadata.Name) && EtcdQuorum.MayCarry(node, all, isKnownToExist: askEtcd is not null);
        var risk = EtcdQuorum.Risk(voters, names, [.. nodes.Where(MayCarry).Select(n => n.Metadata.Name)]);
        return [.. nodes.Select(node => new NodeDrainPlan
        {
            NodeName = node.Metadata.Name,
            ClusterName = client.Connection.ClusterName,
            NodeStatus = NodeReport.Status(node),
            IsCordoned = node.Spec.Unschedulable,
            IsDead = node.IsSilent,
            Pods = [.. decisions[node.Metadata.Name].Select(d => Complete(d, forecastOf.GetValueOrDefault(d.Uid)))],
            Budgets = [.. budgetForecasts],
            QuorumRisk = MayCarry(node) ? obstacle is null ? risk : EtcdQuorum.Unseen(obstacle)
                : voters.Any(v => v.NodeName == node.Metadata.Name) ? risk
                : null,
            Caveats = [.. caveats, .. obstacle is null && voters.Count == 0 && MayCarry(node) ? [EtcdQuorum.NobodyCounts(node.Metadata.Name)] : Array.Empty<string>()],
        })];
    }

    public async Task<IReadOnlyList<Pod>> PodsOnAsync(string nodeName, CancellationToken cancellationToken) =>
        (await client.SnapshotAsync(Resources.Pods, PodsOf(nodeName), cancellationToken).ConfigureAwait(false)).Items;

    public ResourceQuery PodsOf(string nodeName) => new(FieldSelector: "spec.nodeName=" + nodeName, LabelSelector: options.PodSelector);

    /// <summary>The filter of each node.</summary>
    public async Task<IReadOnlyDictionary<string, DrainFilter>> FiltersAsync(
        IReadOnlyList<Node> nodes, List<string> caveats, CancellationToken cancellationToken)
    {
        var type = Resources.Any("apps/v1", "daemonsets");
        var found = await TryListAsync(
            type, ResourceQuery.All, caveats, "DaemonSets may not be read, so all that pods name are taken to exist", cancellationToken).ConfigureAwait(false);
        var known = found?.Select(d => d.Metadata.FullName).ToHashSet();
        bool Exists(string nameSpace, string name) => known is null || known.Contains($"{nameSpace}/{name}");
        return nodes.ToDictionary(n => n.Metadata.Name, n => new DrainFilter(options, Exists, n.IsSilent, client.ServerNow));
    }

    private static PodDrainDecision Complete(PodDrainDecision decision, EvictionForecast? forecast) => forecast is null
        ? decision
        : decision with { Outcome = forecast.Outcome, Budget = forecast.Budget, Obstacle = forecast.Obstacle };

    private async Task<(IReadOnlyList<EvictionForecast> Pods, IReadOnlyList<BudgetForecast> Budgets)> SolveAsync(
        Pod[] pods, IReadOnlyList<PodDisruptionBudget> budgets, ReplacementPlaces places, CancellationToken cancellationToken)
    {
        bool IsReplaceable(Pod pod) => pod.Metadata.Controller is not null && places.Exist(pod);
        var guarded = new Dictionary<string, IReadOnlyList<Pod>>();
        var solver = new BudgetSolver(budgets, IsReplaceable, b => guarded.GetValueOrDefault(b.Metadata.Namespace) ?? []);
        var first = solver.Solve(pods);

        // The pods elsewhere are read only if a budget blocks: to name those that would have to become Ready.
        foreach (var nameSpace in first.Budgets.Where(b => b.Blocking > 0).Select(b => b.Namespace).Distinct())
        {
            var query = new ResourceQuery(nameSpace);
            guarded[nameSpace] = (await client.SnapshotAsync(Resources.Pods, query, cancellationToken).ConfigureAwait(false)).Items;
        }

        if (guarded.Count == 0) return first;
        IReadOnlyList<Pod> GuardedBy(PodDisruptionBudget budget) =>
            [.. guarded.GetValueOrDefault(budget.Metadata.Namespace, []).Where(p => budget.Spec.Selector?.Matches(p.Metadata.Labels) == true)];
        return new BudgetSolver(budgets, IsReplaceable, GuardedBy).Solve(pods);
    }

    /// <summary>The members as etcd itself lists them, or null if it cannot be asked: then only its pods are known.</summary>
    private async Task<IReadOnlyList<EtcdMember>?> TryAskEtcdAsync(List<string> caveats, CancellationToken cancellationToken)
    {
        if (askEtcd is null) return null;
        try
        {
            return await askEtcd(cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e)
        {
            lock (caveats) caveats.Add($"{EtcdUnasked}: {e.Message}");
            return null;
        }
    }

    /// <summary>The objects; without the right to list them, null and the reason.</summary>
    private async Task<IReadOnlyList<T>?> TryListAsync<T>(
        ResourceType<T> type, ResourceQuery query, List<string> caveats, string caveat, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return (await client.SnapshotAsync(type, query, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            lock (caveats) caveats.Add($"{caveat}: {e.ServerMessage}");
            return null;
        }
    }
}
