namespace ClusterHeal.Kubernetes;

/// <summary>What the drains of several nodes share.</summary>
/// <param name="Client">The API server.</param>
/// <param name="Options">How the nodes are drained.</param>
/// <param name="Sink">Where events go.</param>
/// <param name="Budgets">The budgets as they are now, or null where they may not be read.</param>
/// <param name="Requests">Keeps the number of evictions that are on their way at the same time within bounds.</param>
internal sealed record DrainContext(
    KubernetesClient Client, NodeDrainOptions Options, IOperationSink Sink, ResourceCache<PodDisruptionBudget>? Budgets, SemaphoreSlim Requests)
{
    /// <summary>The budgets that guard a pod.</summary>
    public IReadOnlyList<PodDisruptionBudget> BudgetsOf(Pod pod) => Budgets is null
        ? []
        : [.. Budgets.Items.Where(b => b.Metadata.Namespace == pod.Metadata.Namespace && b.Spec.Selector?.Matches(pod.Metadata.Labels) == true)];

    /// <summary>The one budget that the eviction of a pod costs, <c>namespace/name</c>; empty where there is none, or several.</summary>
    public string BudgetOf(DrainTarget target) =>
        target.Action == PodDrainAction.Evict && BudgetsOf(target.Pod) is [var budget] ? budget.Metadata.FullName : "";

    /// <summary>A budget as it is now, or null.</summary>
    public PodDisruptionBudget? Budget(string fullName) => Budgets?.Items.FirstOrDefault(b => b.Metadata.FullName == fullName);
}
