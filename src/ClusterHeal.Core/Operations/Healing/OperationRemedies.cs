namespace ClusterHeal.Operations.Healing;

/// <summary>The remedies for unfinished operations.</summary>
internal static class OperationRemedies
{
    /// <summary>For an operation, by the target of its check.</summary>
    public static IReadOnlyList<Remedy> Of(HealthFacts facts, CheckResult result) =>
        facts.Operations.FirstOrDefault(o => o.OperationId == result.Target) is { } operation ? [OfLeft(facts, operation)] : [];

    /// <summary>For an operation that left something.</summary>
    public static Remedy OfLeft(HealthFacts facts, ClusterOperation operation)
    {
        if (facts.Hosts.FirstOrDefault(h => h.Operations?.Lock?.OperationId == operation.OperationId) is { } locked) return AtWork(locked)!;
        ItemCollection<string> all = [.. facts.Hosts.Select(h => h.HostName)];
        if (facts.Hosts.FirstOrDefault(h => h.Fault is not null) is { } unseen)
        {
            return new LeftToPeople(
                $"{unseen.HostName} cannot be looked at, and what it remembers of {operation.OperationId} is not known. Bring it back first.", operation.Undo);
        }

        switch (operation.Kind)
        {
            case ClusterOperationKind.Drill:
                var drill = facts.Hosts.SelectMany(h => h.Operations?.Drills ?? []).First(d => d.OperationId == operation.OperationId);
                return new UndoDrill(operation.OperationId, all)
                {
                    Stopped = (drill.LostMember ?? drill.FullMember) is not null ? ClusterComponent.Etcd
                        : drill.Components.Count == 0 ? null
                        : drill.Components.Values.Select(c => new StartComponent("", c)).MinBy(c => c.Turn)!.Started,
                };
            case ClusterOperationKind.MemberRepair:
                var (host, repair) = facts.Hosts.SelectMany(h => (h.Operations?.Repairs ?? []).Select(r => (h, r)))
                    .First(r => r.r.Record.OperationId == operation.OperationId);
                return repair.IsForward ? new RepairMember(repair.Record.Configuration.Name, host.HostName) : new UndoMemberRepair(operation.OperationId, all);
            case ClusterOperationKind.CertificateRenewal:
                return CertificateRemedies.OfAll(facts);
            default:
                return new LeftToPeople(
                    "Whether to go back to the data from before a restore, or on with it, is for people to decide. The hosts go to the data that has the quorum when their time is up.",
                    operation.Undo);
        }
    }

    /// <summary>If an operation works on a host at the moment, that host is left to it.</summary>
    public static Remedy? AtWork(HostFacts host) => host.Operations?.Lock is not { } held ? null : new LeftToPeople(
        $"{held.Who} (operation {held.OperationId}) works on {host.HostName}, or died less than {held.Left.TotalSeconds:0} s ago. Wait for it; -Force takes its lock.");
}
