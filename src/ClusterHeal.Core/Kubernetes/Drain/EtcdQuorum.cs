namespace ClusterHeal.Kubernetes;

/// <summary>
/// Counts the etcd members that the API shows (kubeadm's static pods, or pods labelled as theirs) and says which nodes must not go.
/// </summary>
internal static class EtcdQuorum
{
    /// <summary>The pods that are etcd members of the control plane.</summary>
    public static ResourceQuery Members { get; } = new("kube-system", LabelSelector: "component=etcd");

    /// <summary>Why these nodes must not be taken away together, or null where they may.</summary>
    /// <param name="members">All etcd pods.</param>
    /// <param name="nodes">The nodes that would go.</param>
    public static string? Risk(IReadOnlyList<Pod> members, IReadOnlySet<string> nodes)
    {
        var leaving = members.Where(m => nodes.Contains(m.Spec.NodeName)).ToArray();
        if (leaving.Length == 0) return null;
        var quorum = (members.Count / 2) + 1;
        var left = members.Count(m => m.IsReady && !nodes.Contains(m.Spec.NodeName));
        if (left >= quorum) return null;
        var names = string.Join(", ", leaving.Select(m => m.Metadata.Name));
        return $"It carries {names}. Of {members.Count} etcd members {left} healthy ones would be left, and {quorum} are needed.";
    }
}
