namespace ClusterHeal.Kubernetes;

/// <summary>Makes the errors of drains.</summary>
internal static class DrainFaults
{
    private const int MostPods = 5;

    /// <summary>Some pods may not leave with the options given.</summary>
    public static ClusterHealException Refused(NodeDrainPlan plan)
    {
        var refusing = plan.Pods.Where(p => p.Action == PodDrainAction.Refuse).ToArray();
        var overrides = refusing.SelectMany(p => p.Reasons).Select(r => r.Override).OfType<string>().Distinct().Order(StringComparer.Ordinal);
        var pods = refusing.Take(MostPods).Select(p => $"{p.Namespace}/{p.PodName} {string.Join(" and ", p.Reasons.Select(r => r.Message))}");
        return new ClusterHealException(
            ErrorIds.DrainRefused,
            FaultCategory.InvalidOperation,
            $"Node {Name(plan)} is not drained, no pod was evicted: {string.Join("; ", pods)}"
                + (refusing.Length > MostPods ? $"; and {refusing.Length - MostPods} more pods" : "") + ".",
            plan.NodeName,
            $"Allow it with {string.Join(", ", overrides.Select(o => "-" + o))}; Get-NodeDrainPlan shows all pods.");
    }

    /// <summary>An etcd member on the node is needed.</summary>
    public static ClusterHealException Quorum(NodeDrainPlan plan) => new(
        ErrorIds.DrainWouldBreakQuorum,
        FaultCategory.InvalidOperation,
        $"Node {Name(plan)} is not drained, nothing was changed: {plan.QuorumRisk}",
        plan.NodeName,
        "Heal or add etcd members first (Get-EtcdMember). -Force asks and then drains all the same.");

    /// <summary>Waiting would be for nothing.</summary>
    public static ClusterHealException Incomplete(NodeDrainPlan plan, string why) => new(
        ErrorIds.DrainIncomplete,
        FaultCategory.InvalidOperation,
        $"Node {Name(plan)} is not drained. {why}",
        plan.NodeName,
        "Mend what the message names and drain again; pods that are gone are not waited for twice.");

    /// <summary>The time is up.</summary>
    public static ClusterHealException Timeout(NodeDrainPlan plan, TimeSpan timeout, IReadOnlyList<RemainingPod> remaining) => new(
        ErrorIds.DrainTimeout,
        FaultCategory.Timeout,
        $"Node {Name(plan)} is not drained after {timeout.TotalSeconds:0} s; {remaining.Count} pods remain: "
            + string.Join("; ", remaining.Take(MostPods)),
        plan.NodeName,
        "Get-NodeDrainPlan says which budget blocks and what would free it; or wait longer with -TimeoutSec.");

    /// <summary>Nobody on the node ends the pods.</summary>
    public static ClusterHealException NodeDead(NodeDrainPlan plan, IReadOnlyList<DrainTarget> open) => new(
        ErrorIds.DrainNodeDead,
        FaultCategory.InvalidOperation,
        $"Node {Name(plan)} is not drained: its kubelet is silent, so {open.Count} evicted pods stay Terminating; their replacements run elsewhere.",
        plan.NodeName,
        "Bring the node back, which ends them in seconds. If it is surely powered off, taint it node.kubernetes.io/out-of-service=nodeshutdown:NoExecute, "
            + "or delete the node. -SkipWaitForDeleteTimeoutSec leaves such pods behind.");

    private static string Name(NodeDrainPlan plan) => $"'{plan.NodeName}' in cluster '{plan.ClusterName}'";
}
