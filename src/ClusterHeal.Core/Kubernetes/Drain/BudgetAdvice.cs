namespace ClusterHeal.Kubernetes;

/// <summary>Says why a budget allows no eviction, and what would change that.</summary>
internal static class BudgetAdvice
{
    private const int MostNames = 5;

    public static string Rule(PodDisruptionBudget budget) => budget.Spec switch
    {
        { MaxUnavailable: { } most } => $"maxUnavailable {most}",
        { MinAvailable: { } least } => $"minAvailable {least}",
        _ => "no rule",
    };

    public static string NotObserved(PodDisruptionBudget budget) =>
        $"the budget {budget.Metadata.FullName} has changed (generation {budget.Metadata.Generation}) and the controller manager has not "
        + $"looked at it yet (observed {budget.Status.ObservedGeneration}); it has to run for that";

    public static string WaitsForReplacements(PodDisruptionBudget budget) =>
        $"the budget {budget.Metadata.FullName} lets it go once replacements of the pods before it are Ready elsewhere";

    public static string WhyShut(PodDisruptionBudget budget)
    {
        var name = budget.Metadata.FullName;
        var status = budget.Status;
        if (status.DisruptionsAllowed < 0) return $"the budget {name} counts a negative number of allowed disruptions";
        var condition = status.Conditions?.FirstOrDefault(c => c.Type == "DisruptionAllowed");
        if (condition is { Reason: "SyncFailed", Message.Length: > 0 }) return $"the budget {name} could not be counted: {condition.Message}";
        if (status.ExpectedPods <= 0) return $"the budget {name} ({Rule(budget)}) finds no workload that its pods belong to, so it allows nothing";
        return status.DisruptionsAllowed > 0
            ? $"the budget {name} allows {status.DisruptionsAllowed} evictions and nothing recreates those pods elsewhere"
            : $"the budget {name} ({Rule(budget)}) needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy}";
    }

    /// <summary>The forecast of a budget, from those of its pods.</summary>
    public static BudgetForecast Summarize(
        PodDisruptionBudget budget, IReadOnlyList<EvictionForecast> pods, Func<PodDisruptionBudget, IReadOnlyList<Pod>> podsOf)
    {
        var blocked = pods.Where(p => p.Outcome == EvictionOutcome.Blocks).ToArray();
        var waiting = pods.Count(p => p.Outcome == EvictionOutcome.Waits);
        return new BudgetForecast
        {
            Namespace = budget.Metadata.Namespace,
            Name = budget.Metadata.Name,
            Rule = Rule(budget),
            DesiredHealthy = budget.Status.DesiredHealthy,
            CurrentHealthy = budget.Status.CurrentHealthy,
            ExpectedPods = budget.Status.ExpectedPods,
            DisruptionsAllowed = budget.Status.DisruptionsAllowed,
            Workloads = [.. pods.Select(p => PodReport.Workload(p.Pod) ?? $"Pod/{p.Pod.Metadata.Name}").Distinct().Order(StringComparer.Ordinal)],
            Passing = pods.Count(p => p.Outcome == EvictionOutcome.Passes),
            Waiting = waiting,
            Blocking = blocked.Length,
            Reason = blocked.FirstOrDefault()?.Obstacle,
            Remedy = blocked.Length > 0 ? Remedy(budget, podsOf(budget)) : null,
        };
    }

    /// <summary>What would make the budget allow an eviction.</summary>
    private static string Remedy(PodDisruptionBudget budget, IReadOnlyList<Pod> guarded)
    {
        var status = budget.Status;
        if (status.Conditions?.Any(c => c is { Type: "DisruptionAllowed", Reason: "SyncFailed" }) == true)
            return "fix the budget's selector, or the workload that it cannot find";
        if (status.ExpectedPods <= 0)
            return "give the budget minAvailable as a number, or the pods a controller; or delete the budget for the time of the work";
        var unready = guarded.Where(p => !p.IsReady && !p.IsFinished).Select(p => p.Metadata.Name).Order(StringComparer.Ordinal).ToArray();
        var ways = new List<string>();
        if (unready.Length > 0) ways.Add("heal the pods that are not Ready: " + Names(unready));
        if (unready.Length > 0 && budget.Spec.UnhealthyPodEvictionPolicy != "AlwaysAllow")
            ways.Add("set unhealthyPodEvictionPolicy: AlwaysAllow, which lets pods go that are not Ready");
        if (status.ExpectedPods <= status.DesiredHealthy) ways.Add(Relax(budget));
        if (ways.Count == 0) ways.Add("make room elsewhere for replacements: other nodes are cordoned, not Ready, or not allowed for these pods");
        return string.Join("; or ", ways);
    }

    private static string Relax(PodDisruptionBudget budget) => budget.Spec switch
    {
        { MaxUnavailable: { } most } => $"raise maxUnavailable above {most}",
        { MinAvailable: { IsPercent: false } least } => $"scale the workload to {least.Value + 1} or more, or lower minAvailable below {least}",
        { MinAvailable: { Value: < 100 } least } =>
            $"scale the workload to {ReplicasFor(least)} or more (a percentage is rounded up), or lower minAvailable below {least}",
        _ => "lower minAvailable below 100%; scaling up cannot help",
    };

    /// <summary>The least number of replicas that allows one to go, with a percentage that is rounded up.</summary>
    private static int ReplicasFor(IntOrPercent least)
    {
        var replicas = 1;
        while (least.Of(replicas) >= replicas) replicas++;
        return replicas;
    }

    private static string Names(string[] names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Length > MostNames ? $" and {names.Length - MostNames} more" : "");
}
