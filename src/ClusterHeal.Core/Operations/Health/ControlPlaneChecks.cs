using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Operations;

/// <summary>The scheduler and the controller manager, by the leases that their leaders renew; and the components on the hosts.</summary>
internal static class ControlPlaneChecks
{
    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        new(HealthArea.ControlPlane, "SchedulerLease", HealthSource.Kubernetes, facts =>
            Lease(facts, "kube-scheduler", "New pods stay pending.", "Scheduler")),
        new(HealthArea.ControlPlane, "ControllerManagerLease", HealthSource.Kubernetes, facts =>
            Lease(facts, "kube-controller-manager", "Lost pods are not replaced, and dead nodes stay Ready.", "ControllerManager")),
        new(HealthArea.ControlPlane, "HostComponents", HealthSource.Hosts, Components),
        new(HealthArea.ControlPlane, "OpenOperations", HealthSource.Hosts, OpenOperations),
    ];

    private static IEnumerable<Finding> Lease(HealthFacts facts, string name, string effect, string component)
    {
        var remedy = $"See where it should run (Get-ControlPlaneComponent -Component {component}), and start it there.";
        var lease = facts.Kubernetes!.SystemLease(name);
        if (lease is null)
        {
            const string Said = "It holds no lease in kube-system: it never ran, or it runs without leader election.";
            yield return Finding.Unknown(name, Said, remedy);
        }
        else if (lease.IsExpired)
        {
            var since = lease.Holder.Length == 0
                ? "Its leader has given the lease back, and nobody has taken it"
                : $"Its lease was renewed last {lease.Age.TotalSeconds:0} s ago";
            yield return Finding.Fail(name, $"{since}: none is at work. {effect}", remedy, lease.ToString());
        }
        else if (lease.Age > lease.Term * 2 / 3)
        {
            var said = $"Its lease was renewed last {lease.Age.TotalSeconds:0} s ago and is about to run out.";
            yield return Finding.Warning(name, said, remedy, lease.ToString());
        }
        else
        {
            yield return Finding.Pass(name, "Its leader renews its lease.", lease.ToString());
        }
    }

    private static IEnumerable<Finding> Components(HealthFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            if (host.Fault is { } fault)
            {
                var said = $"It cannot be looked at: {fault.Message}";
                yield return Finding.Unknown(host.HostName, said, fault.Remedy ?? "Try ssh to it by hand.") with { HostName = host.HostName };
                continue;
            }

            var down = host.Components.Where(c => c.State != ComponentState.Running).ToArray();
            foreach (var component in down)
            {
                yield return Finding.Fail(
                    $"{component.Component} on {host.HostName}",
                    $"It is {component.State}." + (component.StoppedBy is null ? "" : $" The operation {component.StoppedBy} stopped it."),
                    component.HealsAt is { } heals
                        ? $"The host starts it again by itself at {heals:u}. Now: Start-ControlPlaneComponent, Start-NodeComponent."
                        : "Start it (Start-ControlPlaneComponent, Start-NodeComponent), and read its log.",
                    [.. new[] { component.Source, component.ExitReason }.OfType<string>()]) with
                {
                    HostName = host.HostName,
                    Component = component.Component,
                    HostConnection = component.HostConnection,
                };
            }

            if (down.Length > 0) continue;
            string[] all = [.. host.Components.Select(c => c.ToString())];
            yield return Finding.Pass(host.HostName, $"All {all.Length} components run.", all) with { HostName = host.HostName };
        }
    }

    /// <summary>A component that was stopped on purpose is in HostComponents.</summary>
    private static IEnumerable<Finding> OpenOperations(HealthFacts facts)
    {
        var hosts = facts.Hosts.Select(h => h.Operations).OfType<HostOperations>().ToArray();
        if (hosts.Length == 0)
        {
            // HostComponents says why a host cannot be asked.
            return [Finding.Unknown(facts.ClusterName, "No host could be asked for operations that nobody ended.", "See to the hosts first (HostComponents).")];
        }

        var operations = facts.Operations;
        return Finding.OrPass(
            [
                .. operations.Where(o => o.State == ClusterOperationState.Left && o.Kind is not (ClusterOperationKind.ComponentStop or ClusterOperationKind.ComponentRestart or ClusterOperationKind.Other)).Select(o => Finding.Warning(
                    o.OperationId,
                    $"{o.Operation} by {o.Operator} was not ended, and nobody works on it. {o.Left}",
                    $"Take it back: {o.Undo}",
                    [.. new[] { o.Target, o.LastStep }.OfType<string>()])),
                .. hosts.SelectMany(h => h.Unreadable.Select(file => Finding.Warning(
                    $"{file} on {h.HostName}",
                    "It cannot be read, or not the whole of it: an operation may have left something that is not known.",
                    "Look at the file. If it may not be read, connect with -Sudo."))),
            ],
            facts.ClusterName,
            operations.Any(o => o.State == ClusterOperationState.Running)
                ? $"No operation was left without an end. At work: {string.Join(", ", operations.Where(o => o.State == ClusterOperationState.Running).Select(o => o.OperationId))}."
                : "No operation was left without an end.");
    }
}
