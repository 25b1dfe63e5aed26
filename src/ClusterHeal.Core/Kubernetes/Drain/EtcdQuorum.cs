namespace ClusterHeal.Kubernetes;

/// <summary>A voter of the control plane's etcd.</summary>
/// <param name="Name">Its name, or that of its pod.</param>
/// <param name="NodeName">Its node, or null if it runs on none.</param>
/// <param name="IsHealthy">Whether it answers.</param>
internal sealed record EtcdVoter(string Name, string? NodeName, bool IsHealthy);

/// <summary>
/// Counts etcd's voters and says which nodes must not go. It uses the voters that etcd itself knows, units or pods; otherwise those that the API
/// shows (kubeadm's static pods, or pods labelled as theirs).
/// </summary>
internal static class EtcdQuorum
{
    private static readonly string[] Roles =
        ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "node-role.kubernetes.io/etcd"];

    /// <summary>The pods that are etcd members of the control plane.</summary>
    public static ResourceQuery Pods { get; } = new("kube-system", LabelSelector: "component=etcd");

    /// <summary>The voters that the API shows.</summary>
    public static IReadOnlyList<EtcdVoter> Voters(IEnumerable<Pod> pods) =>
        [.. pods.Select(p => new EtcdVoter(p.Metadata.Name, p.Spec.NodeName, p.IsReady))];

    /// <summary>The voters that etcd itself knows. A member belongs to the node with its name or its address.</summary>
    public static IReadOnlyList<EtcdVoter> Voters(IEnumerable<EtcdMember> members, IReadOnlyCollection<Node> nodes) =>
    [
        .. members.Where(m => !m.IsLearner).Select(
            m => new EtcdVoter(m.ToString(), nodes.FirstOrDefault(n => Carries(n, m))?.Metadata.Name, m.IsHealthy == true)),
    ];

    /// <summary>
    /// Why these nodes must not be taken away together, or null if they may. A voter without a known node may be on any node that may have one, at
    /// most one on each. That many are counted as gone, the healthy ones first.
    /// </summary>
    /// <param name="voters">All voters.</param>
    /// <param name="nodes">The nodes that would go.</param>
    /// <param name="mayCarry">Those of them without a known voter that may have one.</param>
    public static string? Risk(IReadOnlyList<EtcdVoter> voters, IReadOnlySet<string> nodes, IReadOnlyCollection<string> mayCarry)
    {
        var leaving = voters.Where(v => v.NodeName is not null && nodes.Contains(v.NodeName)).ToArray();
        var unplaced = voters.Where(v => v.NodeName is null).ToArray();
        var mayLeave = Math.Min(unplaced.Length, mayCarry.Count);
        if (leaving.Length + mayLeave == 0) return null;
        var quorum = (voters.Count / 2) + 1;
        var left = voters.Except(leaving).Count(v => v.IsHealthy) - Math.Min(mayLeave, unplaced.Count(v => v.IsHealthy));
        if (left >= quorum) return null;
        var carried = leaving.Length == 0 ? "" : $"{(nodes.Count == 1 ? "It carries" : "The nodes carry")} {string.Join(", ", leaving.Select(v => v.Name))}. ";
        var unknown = mayLeave == 0 ? "" : $"Which node carries {string.Join(", ", unplaced.Select(v => v.Name))} is not known, and it may be on {string.Join(", ", mayCarry)}. ";
        return $"{carried}{unknown}Of {voters.Count} etcd members {left} healthy ones would be left, and {quorum} are needed.";
    }

    /// <summary>Whether a node may have a voter, as far as labels say: it has the role, or no node of the cluster has it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="nodes">All nodes.</param>
    /// <param name="isKnownToExist">Whether the cluster surely has an etcd, because the user has named it. Otherwise there may be none that can be seen.</param>
    public static bool MayCarry(Node node, IEnumerable<Node> nodes, bool isKnownToExist) =>
        HasRole(node) || (isKnownToExist && !nodes.Any(HasRole));

    /// <summary>Why a node that may have a voter must not be taken away while the voters cannot be counted.</summary>
    /// <param name="obstacle">Why they cannot be counted.</param>
    public static string Unseen(string obstacle) => $"Whether etcd keeps its quorum without it is not known. {obstacle.TrimEnd('.')}.";

    /// <summary>The warning for a control-plane node if neither etcd nor its pods are known: then nothing protects the quorum.</summary>
    public static string NobodyCounts(string node) =>
        $"Node '{node}' has a role of the control plane, and no member of etcd is known that could be counted. If it carries one, connect with "
        + "Connect-Cluster -HostName or -Endpoint first.";

    private static bool HasRole(Node node) => node.Metadata.Labels is { } labels && Roles.Any(labels.ContainsKey);

    private static bool Carries(Node node, EtcdMember member)
    {
        var names = (node.Status.Addresses ?? []).Select(a => a.Address).Append(node.Metadata.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var hosts = member.PeerUrls.Concat(member.ClientUrls)
            .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && !uri.IsLoopback ? uri.IdnHost.Trim('[', ']') : "");
        return names.Contains(member.Name) || hosts.Any(names.Contains);
    }
}
