using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Healing;

/// <summary>The remedies for nodes and their pods.</summary>
internal static class NodeRemedies
{
    /// <summary>For a node whose kubelet is silent, or says that it is not ready.</summary>
    public static IReadOnlyList<Remedy> OfKubelet(HealthFacts facts, CheckResult result)
    {
        var node = result.Target;
        if ((facts.NodeHosts.GetValueOrDefault(node) ?? facts.Hosts.FirstOrDefault(h => HostNames.AreSame(h.HostName, node))) is not { } host)
        {
            // The health test does not log in to nodes. Most likely the kubelet is down.
            return result.Name == "NodeLease" ? [new StartComponent(node, ClusterComponent.Kubelet)] : [];
        }

        if (host.Fault is { } fault)
        {
            return
            [
                new LeftToPeople(
                    $"Its host cannot be looked at: {fault.Message} If the node is surely off, -NodeIsOff lets its pods run elsewhere.",
                    new MarkOutOfService(node).Command),
            ];
        }

        ClusterComponent[] needed = [ClusterComponent.ContainerRuntime, ClusterComponent.Kubelet];
        var down = needed.Select(host.Find).OfType<ComponentStatus>().Where(c => c.State != ComponentState.Running)
            .Select(c => ComponentRemedies.Of(facts, host, c)).ToArray();
        if (down.Length > 0) return down;
        return host.Find(ClusterComponent.Kubelet) is null
            ? [new LeftToPeople($"{host.HostName} has no kubelet that could be found.")]
            : [new LeftToPeople($"Its kubelet and container runtime run on {host.HostName}: the kubelet's log says why the node is not well ({Systemd.LogOf("kubelet")}).")];
    }

    /// <summary>For a cordoned node. It is uncordoned only if an unfinished drill of ours cordoned it.</summary>
    public static IReadOnlyList<Remedy> OfCordon(HealthFacts facts, CheckResult result)
    {
        var drill = facts.Hosts.SelectMany(h => h.Operations?.Drills ?? []).FirstOrDefault(d => d.CordonedNode == result.Target);
        if (drill is not null && facts.Operations.FirstOrDefault(o => o.OperationId == drill.OperationId) is { } operation)
            return [OperationRemedies.OfLeft(facts, operation)];
        return
        [
            new LeftToPeople(
                "Who cordoned it, and for how long, is not known to the cluster.",
                PowerShellCommand.Of("Resume-NodeScheduling", ("NodeName", [result.Target]))),
        ];
    }

    /// <summary>For a pod that should end on a node whose kubelet is silent. For all other pods there is the advice of their check.</summary>
    public static IReadOnlyList<Remedy> OfPod(HealthFacts facts, CheckResult result)
    {
        if (facts.Kubernetes is not { Pods: { Fault: null, Items: [var pods, ..] } } api) return [];
        if (pods.Troubled.Find(p => p.Metadata.FullName == result.Target) is not { Metadata: { DeletionTimestamp: not null, Finalizers: null or { Count: 0 } } } pod) return [];
        var node = pod.Spec.NodeName;
        return !api.SilentNodes().Contains(node) ? [] :
        [
            new LeftToPeople(
                $"Only the kubelet of '{node}' can end it, and that one is silent. If the node is surely off, -NodeIsOff lets its pods run elsewhere.",
                new MarkOutOfService(node).Command),
        ];
    }

    /// <summary>Why a node that the user says is off may not be marked so; null if it may.</summary>
    /// <param name="api">What the API says.</param>
    /// <param name="name">The node.</param>
    public static string? WhyNotOff(KubernetesFacts? api, string name)
    {
        if (api is null || api.Nodes.Fault is not null || api.NodeLeases.Fault is not null) return $"Whether node '{name}' is off cannot be seen: the API does not tell.";
        if (api.Nodes.Items.FirstOrDefault(n => n.Metadata.Name == name) is not { } node) return $"The cluster has no node '{name}'.";
        if (LeaseAge.Of(api.NodeLeases.Items.FirstOrDefault(l => l.Metadata.Name == name), api.Now) is not { } lease) return $"Node '{name}' has no lease, so how long it is silent cannot be seen.";
        if (lease.Age <= lease.Term) return $"The kubelet of node '{name}' renewed its lease {lease.Age.TotalSeconds:0} s ago, so it runs.";
        return node.IsReady ? $"Node '{name}' is still called Ready. A controller manager at work calls a silent node NotReady within a minute: see ControllerManagerLease." : null;
    }
}
