namespace ClusterHeal.Operations.Drills;

/// <summary>The errors of a drill as a whole.</summary>
internal static class DrillFault
{
    /// <summary>The cluster is not healthy, so no drill begins.</summary>
    public static ClusterHealException NotWell(string cluster, IReadOnlyList<string> ills) => new(
        ErrorIds.ClusterNotWell,
        FaultCategory.InvalidOperation,
        $"Cluster '{cluster}' is not well, so no drill begins: {string.Join(' ', ills)} Nothing was touched.",
        cluster,
        "Fix this first. Undo-FailureDrill removes what an interrupted drill left.");

    /// <summary>Nobody confirmed what a safety rule asks about.</summary>
    public static ClusterHealException NotAgreed(DrillPlan plan, string danger) => new(
        ErrorIds.DrillRefused,
        FaultCategory.InvalidOperation,
        $"The {plan.Drill} drill was not begun: {danger}",
        plan.ClusterName,
        "Answer the question with yes, or give -Force -Confirm:$false if nobody can be asked.");

    /// <summary>The canary does not run, or cannot be reached.</summary>
    /// <param name="context">The drill.</param>
    /// <param name="ready">How many of its pods are ready.</param>
    /// <param name="isWhole">True if all are where they should be. Then the connection to them is missing.</param>
    /// <param name="patience">How long this waited.</param>
    public static ClusterHealException NoCanary(DrillContext context, int ready, bool isWhole, TimeSpan patience) => new(
        ErrorIds.DrillRefused,
        FaultCategory.Timeout,
        isWhole
            ? $"The canary runs, and no node answers on its node port {context.Canary.NodePort}, neither to this machine nor to "
                + $"{context.Cluster.Hosts[0].Name}. Nothing was broken."
            : $"Of the canary's {context.Canary.Replicas} pods {ready} are ready after {patience.TotalSeconds:0} s, or not on the nodes "
                + "that they have to be on. Nothing was broken.",
        context.Cluster.Name,
        "Look whether the nodes can pull the image (-Image names another), and at kube-proxy.");

    /// <summary>The error after a report that is more than a result; null for one that is not.</summary>
    public static ClusterHealException? Of(DrillReport report) => report.Verdict switch
    {
        DrillVerdict.NotHealed => new ClusterHealException(
            ErrorIds.DrillNotHealed,
            FaultCategory.VerificationFailed,
            $"After the {report.Drill} drill cluster '{report.ClusterName}' is not well: {report.Reason}",
            report.ClusterName,
            "Undo-FailureDrill tries again; the hosts bring back by themselves what is still stopped (Get-ControlPlaneComponent shows when)."),
        DrillVerdict.EndedEarly => new ClusterHealException(
            ErrorIds.DrillEndedEarly,
            FaultCategory.InvalidOperation,
            $"The {report.Drill} drill of cluster '{report.ClusterName}' ended early, and what it broke was healed: {report.Reason}",
            report.ClusterName,
            "The report has everything that was seen."),
        _ => null,
    };
}
