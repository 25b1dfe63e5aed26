namespace ClusterHeal.Kubernetes;

/// <summary>Makes the errors of drains.</summary>
internal static class DrainFaults
{
    private const int MostPods = 5;

    /// <summary>Some pods may not be evicted with the given options.</summary>
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
        "Heal or add etcd members first (Get-EtcdMember). -Force asks and then drains anyway.");

    /// <summary>More waiting would not help.</summary>
    public static ClusterHealException Incomplete(NodeDrainPlan plan, IReadOnlyList<RemainingPod> refused) => new(
        ErrorIds.DrainIncomplete,
        FaultCategory.InvalidOperation,
        $"Node {Name(plan)} is not drained. The server does not let {refused.Count} pods go: {Join(refused)}",
        plan.NodeName,
        DrainRemedies.For(refused) + " Then drain again; pods that are gone are not waited for twice.");

    public static ClusterHealException Timeout(NodeDrainPlan plan, TimeSpan timeout, IReadOnlyList<RemainingPod> remaining) => new(
        ErrorIds.DrainTimeout,
        FaultCategory.Timeout,
        $"Node {Name(plan)} is not drained after {timeout.TotalSeconds:0} s; {remaining.Count} pods remain: {Join(remaining)}",
        plan.NodeName,
        DrainRemedies.For(remaining));

    /// <summary>The pods are gone, but the time is up before their replacements are Ready.</summary>
    public static ClusterHealException NotReplaced(NodeDrainPlan plan, TimeSpan timeout, string missing) => new(
        ErrorIds.DrainTimeout,
        FaultCategory.Timeout,
        $"Node {Name(plan)} is empty, but after {timeout.TotalSeconds:0} s not all workloads are whole again: {missing}.",
        plan.NodeName,
        "Get-PodPlacement shows where the replacements are and whether they are Pending; make room for them, or uncordon the node.");

    /// <summary>The kubelet of the node is dead, so nothing ends the pods.</summary>
    public static ClusterHealException NodeDead(NodeDrainPlan plan, IReadOnlyList<DrainTarget> open) => new(
        ErrorIds.DrainNodeDead,
        FaultCategory.InvalidOperation,
        $"Node {Name(plan)} is not drained: its kubelet is silent, so {open.Count} evicted pods stay Terminating; their replacements run elsewhere.",
        plan.NodeName,
        "Bring the node back, which ends them in seconds. If it is surely powered off, taint it node.kubernetes.io/out-of-service=nodeshutdown:NoExecute, "
            + "or delete the node. -SkipWaitForDeleteTimeoutSec leaves such pods behind.");

    private static string Join(IReadOnlyList<RemainingPod> pods) =>
        string.Join("; ", pods.Take(MostPods)) + (pods.Count > MostPods ? $"; and {pods.Count - MostPods} more" : "");

    private static string Name(NodeDrainPlan plan) => $"'{plan.NodeName}' in cluster '{plan.ClusterName}'";
}
