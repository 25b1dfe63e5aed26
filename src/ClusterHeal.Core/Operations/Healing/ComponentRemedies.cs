namespace ClusterHeal.Operations.Healing;

/// <summary>The remedies that bring components of hosts back.</summary>
internal static class ComponentRemedies
{
    /// <summary>For a component that is down, by the target of its check.</summary>
    public static IReadOnlyList<Remedy> OfHost(HealthFacts facts, CheckResult result)
    {
        foreach (var host in facts.Hosts)
        {
            if (host.Components.FirstOrDefault(c => $"{c.Component} on {host.HostName}" == result.Target) is { } component) return [Of(facts, host, component)];
        }

        return [];
    }

    /// <summary>For a component that does not run.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="host">Its host.</param>
    /// <param name="component">What the host says about it.</param>
    public static Remedy Of(HealthFacts facts, HostFacts host, ComponentStatus component)
    {
        var start = Start(host, component.Component);
        if (OperationRemedies.AtWork(host) is { } working) return working;
        if (component.StoppedBy is { } operation && OfOperation(facts, component, operation, start) is { } other) return other;
        if (component.Component == ClusterComponent.Etcd && host.Etcd is { HasLog: false } etcd) return EtcdRemedies.OfLostData(facts, host, etcd, start);
        if (component.Mechanism == ComponentMechanism.StaticPod && component.State == ComponentState.Starting)
        {
            return IsUp(host, ClusterComponent.Kubelet) && IsUp(host, ClusterComponent.ContainerRuntime)
                ? new LeftToPeople($"{component.Component} on {host.HostName}: its manifest is in place, and its container does not stay up. Read its log: crictl logs.")
                : new LeftToPeople($"{component.Component} on {host.HostName} starts once the kubelet and the container runtime run there.");
        }

        if (component is { State: ComponentState.Stopped, IsEnabled: false, StoppedBy: null, Mechanism: ComponentMechanism.SystemdUnit })
        {
            return new LeftToPeople(
                $"{component.UnitName} on {host.HostName} is not set to start when the host boots, so it may be off on purpose.", start.Command);
        }

        return component.State is ComponentState.Starting or ComponentState.Stopping
            ? new LeftToPeople($"{component.Component} on {host.HostName} is {component.State}: wait, and read its log if it stays so.")
            : start;
    }

    /// <summary>For an API server that is not ready, or does not answer.</summary>
    public static IReadOnlyList<Remedy> OfApiServer(HealthFacts facts, CheckResult result)
    {
        if (facts.Hosts.FirstOrDefault(h => h.HostName == result.Target && h.ApiServerIsReady == false) is { } host)
        {
            return [new LeftToPeople(
                $"The API server of {host.HostName} runs, and a restart would end what its log and its connections could still tell.",
                PowerShellCommand.Of("Restart-ControlPlaneComponent", ("HostName", [host.HostName]), ("Component", [ClusterComponent.ApiServer.ToString()])))];
        }

        // It does not matter to which host an address belongs: what is down is known by its host.
        return OfDown(facts, ClusterComponent.ApiServer);
    }

    /// <summary>For a component that renews its lease on no host.</summary>
    public static IReadOnlyList<Remedy> OfLease(HealthFacts facts, ClusterComponent component)
    {
        var down = OfDown(facts, component);
        if (down.Count > 0) return down;
        string[] running = [.. facts.Hosts.Where(h => IsUp(h, component) && h.Find(component) is not null).Select(h => h.HostName)];
        return running.Length == 0
            ? []
            : [new LeftToPeople(
                $"It runs on {string.Join(", ", running)} and does not renew its lease: its log says why. A restart may help.",
                PowerShellCommand.Of("Restart-ControlPlaneComponent", ("HostName", running), ("Component", [component.ToString()])))];
    }

    /// <summary>The remedies that start all of a component that are down.</summary>
    public static IReadOnlyList<Remedy> OfDown(HealthFacts facts, ClusterComponent component) =>
    [
        .. from host in facts.Hosts
           let status = host.Find(component)
           where status is not null && status.State != ComponentState.Running
           select Of(facts, host, status),
    ];

    public static StartComponent Start(HostFacts host, ClusterComponent component) =>
        new(host.HostName, component) { IsGround = host.Components.Any(c => c.Mechanism == ComponentMechanism.StaticPod) };

    private static bool IsUp(HostFacts host, ClusterComponent component) => host.Find(component) is null or { State: ComponentState.Running };

    /// <summary>For a component that an operation of ours stopped; null if that ended without a trace, so that it only has to be started.</summary>
    private static Remedy? OfOperation(HealthFacts facts, ComponentStatus component, string id, StartComponent start)
    {
        var operation = facts.Operations.FirstOrDefault(o => o.OperationId == id);
        var name = operation is { Operation.Length: > 0 } ? $"{operation.Operation} by {operation.Operator}" : $"The operation {id}";
        if (operation?.Kind is ClusterOperationKind.Drill or ClusterOperationKind.MemberRepair or ClusterOperationKind.Restore)
            return OperationRemedies.OfLeft(facts, operation);
        // An interrupted restart left it down, which nobody wants.
        if (operation?.Kind == ClusterOperationKind.ComponentRestart) return null;
        if (component.HealsAt is null) return new LeftToPeople($"{name} stopped it on purpose, with no time after which it starts again.", start.Command);
        return component.HealsAt > facts.Now
            ? new LeftToPeople($"{name} stopped it on purpose; the host starts it again at {component.HealsAt:u}.", start.Command)
            : null;
    }
}
