namespace ClusterHeal.Kubernetes;

/// <summary>The predicted result of the eviction of a pod.</summary>
internal sealed record EvictionForecast(Pod Pod, EvictionOutcome Outcome, string? Budget = null, string? Obstacle = null);

/// <summary>
/// Predicts, before anything is changed, which evictions the server will allow. It follows the server's own rules, for all pods of all nodes
/// together. Kubernetes: pkg/registry/core/pod/storage/eviction.go Create and checkAndDecrement; pkg/controller/disruption/disruption.go.
/// </summary>
/// <param name="budgets">All budgets of the cluster.</param>
/// <param name="isReplaceable">Whether something will create the pod again on another node.</param>
/// <param name="podsOf">The pods that a budget protects, on all nodes.</param>
internal sealed class BudgetSolver(
    IReadOnlyList<PodDisruptionBudget> budgets, Predicate<Pod> isReplaceable, Func<PodDisruptionBudget, IReadOnlyList<Pod>> podsOf)
{
    private readonly ILookup<string, PodDisruptionBudget> _byNamespace = budgets.ToLookup(b => b.Metadata.Namespace);

    /// <summary>The budgets that protect a pod. The eviction API answers several with 500: that is an error of the cluster.</summary>
    public IReadOnlyList<PodDisruptionBudget> BudgetsOf(Pod pod) =>
        [.. _byNamespace[pod.Metadata.Namespace].Where(b => b.Spec.Selector?.Matches(pod.Metadata.Labels) == true)];

    /// <summary>True if the server evicts the pod whatever its budgets say.</summary>
    public static bool IsBeyondBudgets(Pod pod) => pod.IsFinished || pod.Status.Phase == "Pending" || pod.IsTerminating;

    /// <summary>True if the pod is not Ready and its budget allows such evictions, which do not count against the budget.</summary>
    public static bool IsFreeAsUnhealthy(Pod pod, PodDisruptionBudget budget) =>
        !pod.IsReady
        && (budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0));

    /// <summary>Predicts the evictions of these pods.</summary>
    public (IReadOnlyList<EvictionForecast> Pods, IReadOnlyList<BudgetForecast> Budgets) Solve(IEnumerable<Pod> pods)
    {
        var forecasts = new List<EvictionForecast>();
        var guarded = new Dictionary<string, (PodDisruptionBudget Budget, List<Pod> Pods)>();
        foreach (var pod in pods)
        {
            var own = IsBeyondBudgets(pod) ? [] : BudgetsOf(pod);
            if (own.Count == 0)
            {
                forecasts.Add(new EvictionForecast(pod, EvictionOutcome.Passes));
            }
            else if (own.Count > 1)
            {
                forecasts.Add(SeveralBudgets(pod, own));
            }
            else
            {
                if (!guarded.TryGetValue(own[0].Metadata.FullName, out var group)) guarded[own[0].Metadata.FullName] = group = (own[0], []);
                group.Pods.Add(pod);
            }
        }

        var budgetForecasts = new List<BudgetForecast>();
        foreach (var (budget, group) in guarded.Values)
        {
            var solved = Solve(budget, group);
            forecasts.AddRange(solved);
            budgetForecasts.Add(BudgetAdvice.Summarize(budget, solved, podsOf));
        }

        return (forecasts, budgetForecasts);
    }

    private List<EvictionForecast> Solve(PodDisruptionBudget budget, List<Pod> pods)
    {
        var name = budget.Metadata.FullName;
        var solved = new List<EvictionForecast>();
        var free = pods.Where(p => IsFreeAsUnhealthy(p, budget)).ToArray();
        solved.AddRange(free.Select(p => new EvictionForecast(p, EvictionOutcome.Passes, name)));
        var demanding = pods.Except(free).ToArray();
        if (demanding.Length == 0) return solved;

        if (budget.Status.ObservedGeneration < budget.Metadata.Generation)
        {
            solved.AddRange(demanding.Select(p => new EvictionForecast(p, EvictionOutcome.Waits, name, BudgetAdvice.NotObserved(budget))));
            return solved;
        }

        // First the Ready pods that are created again elsewhere, in the drain's own order: each returns its part of the budget.
        var queue = new Queue<Pod>(demanding
            .OrderByDescending(p => p.IsReady)
            .ThenBy(p => p.Metadata.Controller is null)
            .ThenByDescending(p => isReplaceable(p))
            .ThenBy(p => p.Metadata.FullName, StringComparer.Ordinal));
        var allowed = budget.Status.DisruptionsAllowed;
        var returning = 0;
        for (; allowed > 0 && queue.TryDequeue(out var pod); allowed--)
        {
            solved.Add(new EvictionForecast(pod, EvictionOutcome.Passes, name));
            if (GivesItsPlaceBack(pod)) returning++;
        }

        // Pods that are starting elsewhere, and replacements of the evicted unhealthy ones, may make a budget allow again.
        var leaving = pods.Select(p => p.Metadata.Uid).ToHashSet();
        var coming = free.Count(p => isReplaceable(p)) + podsOf(budget).Count(p => !leaving.Contains(p.Metadata.Uid) && IsStarting(p));
        var opened = budget.Status.DisruptionsAllowed == 0 ? budget.Status.CurrentHealthy + coming - budget.Status.DesiredHealthy : 0;
        var rounds = budget.Status.ExpectedPods > 0 ? returning + Math.Max(0, opened) : 0;
        while (queue.TryDequeue(out var pod))
        {
            if (rounds <= 0)
            {
                solved.Add(new EvictionForecast(pod, EvictionOutcome.Blocks, name, BudgetAdvice.WhyShut(budget)));
                continue;
            }

            solved.Add(new EvictionForecast(pod, EvictionOutcome.Waits, name, BudgetAdvice.WaitsForReplacements(budget)));
            if (!GivesItsPlaceBack(pod)) rounds--;
        }

        return solved;
    }

    /// <summary>A pod that was not Ready used nothing of the budget; one that is created again returns its own part.</summary>
    private bool GivesItsPlaceBack(Pod pod) => !pod.IsReady || isReplaceable(pod);

    /// <summary>True if the pod is on its way to Ready, as far as can be seen.</summary>
    private static bool IsStarting(Pod pod) =>
        !pod.IsReady && !pod.IsFinished && !pod.IsTerminating && pod.Spec.NodeName.Length > 0
        && (pod.Status.ContainerStatuses ?? []).All(c => c.RestartCount == 0 && c.State.Waiting?.Reason is null or "ContainerCreating" or "PodInitializing")
        && pod.Status.Phase == "Pending";

    private static EvictionForecast SeveralBudgets(Pod pod, IReadOnlyList<PodDisruptionBudget> own)
    {
        var names = string.Join(", ", own.Select(b => b.Metadata.FullName));
        return new EvictionForecast(
            pod,
            EvictionOutcome.Blocks,
            names,
            $"the budgets {names} all guard it, which the eviction API does not support; change the selector of all but one");
    }
}
