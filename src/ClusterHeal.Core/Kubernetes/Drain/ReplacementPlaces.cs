namespace ClusterHeal.Kubernetes;

/// <summary>
/// Says whether a replacement of a pod could be placed on another node: Ready, schedulable, tolerated taints, node selector and required node
/// affinity. Resources and affinity to other pods are the scheduler's decision, and not predicted.
/// </summary>
internal sealed class ReplacementPlaces(IEnumerable<Node>? nodes, IReadOnlySet<string> drained)
{
    private readonly Node[]? _candidates =
        nodes?.Where(n => n.IsReady && !n.Spec.Unschedulable && !drained.Contains(n.Metadata.Name)).ToArray();

    /// <summary>True if there is such a node, or if that is unknown because the nodes may not be listed.</summary>
    public bool Exist(Pod pod) => _candidates?.Any(n => Fits(pod, n)) != false;

    /// <summary>True if the pod's rules allow the node.</summary>
    public static bool Fits(Pod pod, Node node)
    {
        foreach (var taint in node.Spec.Taints ?? [])
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerates(pod, taint)) return false;
        }

        var labels = node.Metadata.Labels;
        foreach (var (key, value) in pod.Spec.NodeSelector ?? new Dictionary<string, string>())
        {
            if (labels?.GetValueOrDefault(key) != value) return false;
        }

        var terms = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms;
        return terms is null || terms.Any(t => Fits(t, node));
    }

    /// <summary>True if one of the pod's tolerations covers the taint.</summary>
    public static bool Tolerates(Pod pod, Taint taint) => pod.Spec.Tolerations?.Any(t =>
        (string.IsNullOrEmpty(t.Effect) || t.Effect == taint.Effect)
        && (t.Operator == "Exists" ? string.IsNullOrEmpty(t.Key) || t.Key == taint.Key : t.Key == taint.Key && (t.Value ?? "") == (taint.Value ?? ""))) == true;

    private static bool Fits(NodeSelectorTerm term, Node node)
    {
        // A term without any expression selects no node.
        if (term.MatchExpressions is not { Count: > 0 } && term.MatchFields is not { Count: > 0 }) return false;
        var fields = new Dictionary<string, string> { ["metadata.name"] = node.Metadata.Name };
        return (term.MatchExpressions ?? []).All(e => e.Matches(node.Metadata.Labels)) && (term.MatchFields ?? []).All(e => e.Matches(fields));
    }
}
