namespace ClusterHeal.Kubernetes;

/// <summary>The common parts of the drains of several nodes.</summary>
/// <param name="Client">The API server.</param>
/// <param name="Options">How the nodes are drained.</param>
/// <param name="Sink">Where events go.</param>
/// <param name="Budgets">The current budgets, or null without the right to read them.</param>
/// <param name="Requests">Limits the number of evictions at the same time.</param>
internal sealed record DrainContext(
    KubernetesClient Client, NodeDrainOptions Options, IOperationSink Sink, ResourceCache<PodDisruptionBudget>? Budgets, SemaphoreSlim Requests)
{
    /// <summary>The budgets that protect a pod.</summary>
    public IReadOnlyList<PodDisruptionBudget> BudgetsOf(Pod pod) => Budgets is null
        ? []
        : [.. Budgets.Items.Where(b => b.Metadata.Namespace == pod.Metadata.Namespace && b.Spec.Selector?.Matches(pod.Metadata.Labels) == true)];

    /// <summary>The one budget against which the eviction of a pod counts, <c>namespace/name</c>; empty if there is none, or several.</summary>
    public string BudgetOf(DrainTarget target) =>
        target.Action == PodDrainAction.Evict && BudgetsOf(target.Pod) is [var budget] ? budget.Metadata.FullName : "";

    /// <summary>The current state of a budget, or null.</summary>
    public PodDisruptionBudget? Budget(string fullName) => Budgets?.Items.FirstOrDefault(b => b.Metadata.FullName == fullName);
}
