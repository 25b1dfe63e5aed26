using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>The nodes. A dead node stays Ready while the controller manager is down. So the age of its lease counts, by the clock of the API server.</summary>
internal static class NodeChecks
{
    private const string Uninitialized = "node.cloudprovider.kubernetes.io/uninitialized";
    private const string Unschedulable = "node.kubernetes.io/unschedulable";
    private const int OldestKubelet = 3;

    /// <summary>A smaller difference may be rounding: the server's clock is read in whole seconds.</summary>
    private static readonly TimeSpan SkewThatMatters = TimeSpan.FromSeconds(5);

    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        Check("NodeLease", Leases),
        Check("NodeReady", Ready) with { TrustsControllers = true },
        Check("NodePressure", Pressure),
        Check("NodeCordon", Cordon),
        Check("NodeTaint", Taints),
        Check("NodeClock", Clock),
        Check("NodeVersion", Version),
    ];

    private static HealthCheck Check(string name, Func<KubernetesFacts, string, IEnumerable<Finding>> judge) =>
        HealthCheck.OfKubernetes(HealthArea.Nodes, name, (api, cluster) =>
            judge(api, cluster).Select(finding => finding.Target == cluster ? finding : finding with { NodeName = finding.Target, HostName = finding.Target }));

    private static IEnumerable<Finding> Leases(KubernetesFacts api, string cluster)
    {
        var leases = api.NodeLeases.Items.ToDictionary(l => l.Metadata.Name);
        return Finding.OrPass(
            api.Nodes.Items.Select(n => Lease(n, LeaseAge.Of(leases.GetValueOrDefault(n.Metadata.Name), api.Now))).OfType<Finding>(),
            cluster,
            $"The kubelets of all {api.Nodes.Items.Count} nodes renew their leases.");
    }

    private static Finding? Lease(Node node, LeaseAge? lease)
    {
        const string Remedy = "Look at its kubelet (Get-NodeComponent, Start-NodeComponent), then at the node itself.";
        var name = node.Metadata.Name;
        if (lease is null) return Finding.Fail(name, "It has no lease: its kubelet has never reported.", Remedy);
        if (lease.Age <= lease.Term) return null;
        var stale = node.IsReady ? " The API still calls it Ready, which is what was known last." : "";
        var (age, term) = (lease.Age.TotalSeconds, lease.Term.TotalSeconds);
        var said = $"Its kubelet is silent: it renewed its lease {age:0} s ago, which counts for {term:0} s.{stale}";
        return Finding.Fail(name, said, Remedy);
    }

    /// <summary>A silent kubelet is found by its lease. This is what a kubelet that reports says about itself.</summary>
    private static IEnumerable<Finding> Ready(KubernetesFacts api, string cluster)
    {
        var silent = api.SilentNodes();
        return Finding.OrPass(
            api.Nodes.Items.Where(n => !n.IsReady && !silent.Contains(n.Metadata.Name)).Select(n => Finding.Fail(
                n.Metadata.Name,
                $"It is not Ready: {n.Ready?.Message ?? "its kubelet has reported no state"}",
                "Look at its kubelet and its container runtime (Get-NodeComponent).",
                $"{n.Ready?.Reason} since {n.Ready?.LastTransitionTime:u}")),
            cluster,
            silent.Count == 0 ? "All nodes are Ready." : "All nodes whose kubelets speak are Ready.");
    }

    private static IEnumerable<Finding> Pressure(KubernetesFacts api, string cluster) => Finding.OrPass(
        from node in api.Nodes.Items
        from condition in node.Status.Conditions ?? []
        where condition.Type != "Ready" && condition.Status == "True"
        select Finding.Warning(
            node.Metadata.Name,
            $"It reports {condition.Type}: {condition.Message}".TrimEnd(' ', ':'),
            condition.Type.EndsWith("Pressure", StringComparison.Ordinal)
                ? "Free some of it, or move pods away (Invoke-NodeDrain): the kubelet evicts pods meanwhile."
                : "Look at the node; its problem detector or network set this.",
            $"{condition.Reason} since {condition.LastTransitionTime:u}"),
        cluster,
        "No node reports pressure or another problem.");

    private static IEnumerable<Finding> Cordon(KubernetesFacts api, string cluster) => Finding.OrPass(
        api.Nodes.Items.Where(n => n.Spec.Unschedulable).Select(n =>
        {
            var since = n.Spec.Taints?.FirstOrDefault(t => t.Key == Unschedulable)?.TimeAdded;
            var text = since is { } time ? $"for {TimeChecks.Left(api.Now - time)}, since {time:u}" : "since an unknown time";
            return Finding.Warning(
                n.Metadata.Name,
                $"It is cordoned {text}: nothing new runs there.",
                "Uncordon it when its maintenance is over (Resume-NodeScheduling).");
        }),
        cluster,
        "No node is cordoned.");

    /// <summary>Taints that people put on nodes on purpose are not reported. These two should be gone again.</summary>
    private static IEnumerable<Finding> Taints(KubernetesFacts api, string cluster) => Finding.OrPass(
        from node in api.Nodes.Items
        let name = node.Metadata.Name
        from taint in (node.Spec.Taints ?? []).Select(t => t.Key).Distinct()
        where taint is OutOfService.Key or Uninitialized
        select taint == OutOfService.Key
            ? Finding.Warning(
                name,
                $"It has the taint {taint}: its pods are deleted without waiting for its kubelet.",
                $"When the node is back, take the taint away: kubectl taint node {name} {taint}-")
            : Finding.Warning(
                name,
                $"It has the taint {taint}: no cloud controller manager has made it ready, and nothing new runs there.",
                "See to the cloud controller manager, which takes the taint away; or start the kubelet without --cloud-provider=external."),
        cluster,
        "No node is marked as out of service or as not initialized.");

    private static IEnumerable<Finding> Clock(KubernetesFacts api, string cluster) => Finding.OrPass(
        from lease in api.NodeLeases.Items
        let age = LeaseAge.Of(lease, api.Now)?.Age
        where age < -SkewThatMatters
        select Finding.Warning(
            lease.Metadata.Name,
            $"Its clock is at least {-age.Value.TotalSeconds:0} s ahead of the API server's: its lease was renewed in the future.",
            "See to the time service (chrony, systemd-timesyncd) on the node and on the control plane."),
        cluster,
        "No node's clock is ahead of the API server's.");

    private static IEnumerable<Finding> Version(KubernetesFacts api, string cluster)
    {
        if (Minor(api.Version) is not { } server)
        {
            var said = $"The version '{api.Version}' of the API server is not understood.";
            return [Finding.Unknown(cluster, said, "Compare the versions by hand.")];
        }

        return Finding.OrPass(
            from node in api.Nodes.Items
            let kubelet = Minor(node.Status.NodeInfo.KubeletVersion)
            where kubelet > server || kubelet < server - OldestKubelet
            select Finding.Warning(
                node.Metadata.Name,
                $"Its kubelet is {node.Status.NodeInfo.KubeletVersion} and the API server {api.Version}: "
                    + (kubelet > server ? "a kubelet may not be newer." : "a kubelet may be three minor versions older, not more."),
                kubelet > server ? "Upgrade the control plane." : "Upgrade the kubelet."),
            cluster,
            $"All kubelets go with the API server's version, {api.Version}.");
    }

    private static int? Minor(string version) =>
        version.Split('.') is [_, var minor, ..] && int.TryParse(minor, out var number) ? number : null;
}
