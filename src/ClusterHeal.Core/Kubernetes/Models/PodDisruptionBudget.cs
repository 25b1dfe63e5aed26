namespace ClusterHeal.Kubernetes;

internal sealed record PodDisruptionBudget : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public BudgetSpec Spec { get; set; } = new();

    public BudgetStatus Status { get; set; } = new();
}

internal sealed record BudgetSpec
{
    public IntOrPercent? MinAvailable { get; init; }

    public IntOrPercent? MaxUnavailable { get; init; }

    /// <summary>Null selects no pod; an empty selector selects all pods of the namespace (policy/v1).</summary>
    public LabelSelector? Selector { get; init; }

    public string? UnhealthyPodEvictionPolicy { get; init; }
}

internal sealed record BudgetStatus
{
    public long ObservedGeneration { get; init; }

    public int DisruptionsAllowed { get; init; }

    public int CurrentHealthy { get; init; }

    public int DesiredHealthy { get; init; }

    public int ExpectedPods { get; init; }

    public IReadOnlyDictionary<string, DateTimeOffset>? DisruptedPods { get; set; }

    public IReadOnlyList<Condition>? Conditions { get; set; }
}
