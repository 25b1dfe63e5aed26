using System.Text;

namespace ClusterHeal.Kubernetes;

/// <summary>Writes a plan as the text for the user's confirmation, and for <c>-WhatIf</c>.</summary>
internal static class DrainPlanText
{
    public static string Describe(NodeDrainPlan plan)
    {
        var text = new StringBuilder("Drain: ").Append(plan);
        foreach (var pod in plan.Pods.Where(p => p.Action != PodDrainAction.Skip).OrderBy(p => p.Outcome == EvictionOutcome.Passes))
        {
            text.AppendLine().Append("  ").Append(pod.Action).Append(' ').Append(pod.Namespace).Append('/').Append(pod.PodName);
            if (pod.Obstacle is not null) text.Append(" [").Append(pod.Outcome).Append(": ").Append(pod.Obstacle).Append(']');
            if (pod.Reasons.Count > 0) text.Append(" (").AppendJoin("; ", pod.Reasons.Select(r => r.Message)).Append(')');
        }

        foreach (var budget in plan.Budgets.Where(b => b.Remedy is not null))
            text.AppendLine().Append("  To free ").Append(budget.Namespace).Append('/').Append(budget.Name).Append(": ").Append(budget.Remedy);
        return text.ToString();
    }
}
