using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Certificates;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Operations.Upkeep;

namespace ClusterHeal.Operations.Healing;

/// <summary>Does a step with the operation that a user would call for it, with its own rules, locks, switch and journal.</summary>
/// <param name="request">What the user wants.</param>
/// <param name="sink">Takes the messages of the operation.</param>
/// <param name="time">The clock.</param>
internal sealed class RemedyRun(ClusterRepairRequest request, IOperationSink sink, TimeProvider time)
{
    private HealthSources Sources => request.Sources;

    /// <summary>Does the remedies of one step.</summary>
    /// <param name="remedies">The remedies: one, or the start of a component on several hosts.</param>
    /// <param name="facts">The facts from just before.</param>
    /// <param name="cancellationToken">Ends it and the operation.</param>
    /// <exception cref="ClusterHealException">It was refused, or it failed.</exception>
    public async Task RunAsync(IReadOnlyList<Remedy> remedies, HealthFacts facts, CancellationToken cancellationToken)
    {
        // The user has confirmed the whole plan. If an operation asks something more, a safety rule is broken; that is refused here.
        var part = new PartSink(sink);
        await (remedies[0] switch
        {
            StartComponent start => StartAsync(start.Started, remedies.OfType<StartComponent>(), facts, part, cancellationToken),
            RepairMember repair => RepairAsync(repair, part, cancellationToken),
            UndoMemberRepair undo => UndoAsync(undo, part, cancellationToken),
            UndoDrill undo => UndoAsync(undo, part, cancellationToken),
            ClearAlarm => WithEtcdAsync(
                etcd => new AlarmClearance(etcd, new AlarmClearanceRequest { Cluster = facts.ClusterName }, request.JournalFolder, time).RunAsync(part, cancellationToken),
                cancellationToken),
            Defragment => WithEtcdAsync(
                etcd => new MemberOptimization(etcd, new MemberOptimizationRequest { Cluster = facts.ClusterName }, request.JournalFolder, time).RunAsync(part, cancellationToken),
                cancellationToken),
            RenewCertificates => RenewAsync(facts, part, cancellationToken),
            MarkOutOfService mark => MarkAsync(mark, facts, cancellationToken),
            _ => throw new InvalidOperationException($"{remedies[0].Action} is nothing to be done here."),
        }).ConfigureAwait(false);
        part.ThrowIfFailed();
    }

    // At its endpoints, or through the first host whose member answers.
    private Task WithEtcdAsync(Func<EtcdConnection, Task> use, CancellationToken cancellationToken) => Sources.Etcd is { } known
        ? use(known)
        : ClusterEtcd.UseAsync(new ClusterConnection { ClusterName = Sources.ClusterName }, Sources.Hosts, Sources.Shells, use, cancellationToken);

    private Task StartAsync(
        ClusterComponent component, IEnumerable<StartComponent> remedies, HealthFacts facts, PartSink part, CancellationToken cancellationToken)
    {
        var change = new ComponentChange
        {
            Action = ComponentAction.Start,
            Targets = [.. remedies.Select(r => new HostComponents(ConnectionTo(r.HostName, facts), [component]))],
            // The checks say whether it serves: a member of etcd does not serve before there is a quorum.
            Wait = false,
            Force = request.Force,
            Cluster = facts.ClusterName,
            ControlPlane = Sources.Hosts,
            OpenShell = Sources.Shells.Open,
            JournalFolder = request.JournalFolder,
        };
        return ComponentChanger.RunAsync(change, part, time, cancellationToken);
    }

    private async Task RepairAsync(RepairMember repair, PartSink part, CancellationToken cancellationToken)
    {
        var wanted = new MemberRepairRequest
        {
            Cluster = Sources.ClusterName,
            Hosts = Sources.Hosts,
            HostName = repair.HostName,
            SnapshotFolder = request.SnapshotFolder,
            Force = request.Force,
            OpenShell = Sources.Shells.Open,
        };
        var operation = new MemberRepair(wanted, request.JournalFolder, time);
        await using (operation.ConfigureAwait(false)) await operation.RunAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private async Task UndoAsync(UndoMemberRepair undo, PartSink part, CancellationToken cancellationToken)
    {
        var wanted = new MemberRepairUndoRequest
        {
            Hosts = Sources.Hosts, OperationId = undo.OperationId, Force = request.Force, OpenShell = Sources.Shells.Open,
        };
        var operation = new MemberRepairUndo(wanted, request.JournalFolder, time);
        await using (operation.ConfigureAwait(false)) await operation.RunAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private Task UndoAsync(UndoDrill undo, PartSink part, CancellationToken cancellationToken)
    {
        var wanted = new FailureDrillUndoRequest
        {
            Kubernetes = Kubernetes.Connection,
            Hosts = Sources.Hosts,
            NodeHost = request.NodeHost,
            OperationId = undo.OperationId,
            Force = request.Force,
            OpenShell = Sources.Shells.Open,
            JournalFolder = request.JournalFolder,
        };
        return new FailureDrillUndo(wanted, part, time).RunAsync(cancellationToken);
    }

    private async Task RenewAsync(HealthFacts facts, PartSink part, CancellationToken cancellationToken)
    {
        var wanted = new CertificateRenewalRequest
        {
            Cluster = Sources.ClusterName, Hosts = Sources.Hosts, Within = facts.Options.CertificateTime, Force = request.Force, OpenShell = Sources.Shells.Open,
        };
        var operation = new CertificateRenewal(wanted, request.JournalFolder, time);
        await using (operation.ConfigureAwait(false)) await operation.RunAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private Task MarkAsync(MarkOutOfService mark, HealthFacts facts, CancellationToken cancellationToken)
    {
        // The node is marked in the state in which it was found. If it has changed since, it is not marked.
        if (NodeRemedies.WhyNotOff(facts.Kubernetes, mark.NodeName) is { } why) throw ClusterRepair.NotOff(mark.NodeName, why);
        return OutOfService.MarkAsync(Kubernetes, facts.Kubernetes!.Nodes.Items.First(n => n.Metadata.Name == mark.NodeName), cancellationToken);
    }

    private KubernetesClient Kubernetes => Sources.Kubernetes ?? throw Sources.KubernetesFault ?? new ClusterHealException(
        ErrorIds.NotConnected, FaultCategory.InvalidOperation, "No kubeconfig is given.", null, "Give one: Connect-Cluster -Kubeconfig.");

    // With the same login as when it was examined.
    private static HostConnection ConnectionTo(string hostName, HealthFacts facts) =>
        facts.Hosts.Concat(facts.NodeHosts.Values).First(h => h.HostName == hostName).Connection!;
}
