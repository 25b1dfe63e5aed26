namespace ClusterHeal;

/// <summary>What Repair-Cluster would do, in which order, and what it would not do and why. Nothing was touched.</summary>
public sealed record ClusterRepairPlan
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The steps in their order; none if there is nothing that can be done.</summary>
    public required ItemCollection<ClusterRepairStep> Steps { get; init; }

    /// <summary>What is to heal by itself once the steps are done.</summary>
    public ItemCollection<ClusterRepairSymptom> Symptoms { get; init; } = [];

    /// <summary>What is not repaired, each with the reason.</summary>
    public ItemCollection<ClusterRepairSymptom> NotRepaired { get; init; } = [];

    /// <summary>One line.</summary>
    public override string ToString() => $"{ClusterName}: {Steps.Length} steps, {NotRepaired.Length} not repaired";
}
