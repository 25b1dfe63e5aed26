using System.Globalization;

namespace ClusterHeal.Kubernetes;

/// <summary>Makes the status of a node for users.</summary>
internal static class NodeReport
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";
    private static readonly TimeSpan UsualLease = TimeSpan.FromSeconds(40);

    /// <summary>As kubectl shows it. Kubernetes: pkg/printers/internalversion/printers.go printNode.</summary>
    public static string Status(Node node)
    {
        var ready = node.Ready?.Status switch
        {
            null => "Unknown",
            "True" => "Ready",
            _ => "NotReady",
        };
        return node.Spec.Unschedulable ? ready + ",SchedulingDisabled" : ready;
    }

    /// <summary>Makes the status.</summary>
    /// <param name="node">The node.</param>
    /// <param name="lease">Its lease, or null.</param>
    /// <param name="podCount">Its pods that have not ended, or null if they were not counted.</param>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="now">The time by the server's clock.</param>
    public static NodeStatus Make(Node node, Lease? lease, int? podCount, string clusterName, DateTimeOffset now)
    {
        var leaseAge = lease?.Spec.RenewTime is { } renewed ? now - renewed : (TimeSpan?)null;
        var leaseTerm = lease?.Spec.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : UsualLease;
        return new NodeStatus
        {
            NodeName = node.Metadata.Name,
            ClusterName = clusterName,
            Status = Status(node),
            IsReady = node.IsReady,
            IsSchedulable = !node.Spec.Unschedulable,
            Roles = Roles(node),
            Version = node.Status.NodeInfo.KubeletVersion,
            CreationTime = node.Metadata.CreationTimestamp,
            Age = now - node.Metadata.CreationTimestamp,
            InternalIP = node.Status.Addresses?.FirstOrDefault(a => a.Type == "InternalIP")?.Address,
            OSImage = node.Status.NodeInfo.OsImage,
            KernelVersion = node.Status.NodeInfo.KernelVersion,
            ContainerRuntime = node.Status.NodeInfo.ContainerRuntimeVersion,
            Taints = [.. (node.Spec.Taints ?? []).Select(t => t.ToString())],
            Problems = [.. (node.Status.Conditions ?? []).Where(IsProblem).Select(c => c.Type)],
            StatusSince = node.Ready?.LastTransitionTime,
            Message = node.IsReady ? null : node.Ready?.Message,
            LeaseAge = leaseAge,
            LeaseExpired = leaseAge > leaseTerm,
            PodCount = podCount,
            PodCapacity = PodCapacity(node),
        };
    }

    /// <summary>How many pods the node accepts, or null if it does not say.</summary>
    public static int? PodCapacity(Node node) =>
        (node.Status.Allocatable ?? node.Status.Capacity)?.GetValueOrDefault("pods") is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pods)
            ? pods
            : null;

    /// <summary>
    /// The conditions of the kubelet and of the node problem detector are alike: True is bad. All are Unknown while the kubelet is silent. Then
    /// nobody has seen a pressure, and the status shows the silence already.
    /// </summary>
    private static bool IsProblem(Condition condition) => condition is { Type: not "Ready", Status: "True" };

    private static string[] Roles(Node node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (label, value) in node.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (label.Length > RolePrefix.Length && label.StartsWith(RolePrefix, StringComparison.Ordinal)) roles.Add(label[RolePrefix.Length..]);
            else if (label == RoleLabel && value.Length > 0) roles.Add(value);
        }

        return [.. roles];
    }
}
