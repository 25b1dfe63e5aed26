using ClusterHeal.Hosts;
using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Operations.Healing;

/// <summary>Makes the list of operations from journals, records and locks.</summary>
internal static class OperationList
{
    private const string ByHost = "heal";

    private static readonly Dictionary<string, ClusterOperationKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Restore-EtcdSnapshot"] = ClusterOperationKind.Restore,
        ["Undo-EtcdRestore"] = ClusterOperationKind.RestoreUndo,
        ["Repair-EtcdMember"] = ClusterOperationKind.MemberRepair,
        ["Update-ControlPlaneCertificate"] = ClusterOperationKind.CertificateRenewal,
        ["Invoke-FailureDrill"] = ClusterOperationKind.Drill,
        ["Stop-ControlPlaneComponent"] = ClusterOperationKind.ComponentStop,
        ["Stop-NodeComponent"] = ClusterOperationKind.ComponentStop,
        ["Start-ControlPlaneComponent"] = ClusterOperationKind.ComponentStart,
        ["Start-NodeComponent"] = ClusterOperationKind.ComponentStart,
        ["Restart-ControlPlaneComponent"] = ClusterOperationKind.ComponentRestart,
        ["Restart-NodeComponent"] = ClusterOperationKind.ComponentRestart,
        ["Repair-Cluster"] = ClusterOperationKind.ClusterRepair,
    };

    public static ClusterOperationKind KindOf(string cmdlet) => Kinds.GetValueOrDefault(cmdlet);

    /// <summary>The operations, by age.</summary>
    /// <param name="local">The journal of this machine.</param>
    /// <param name="hosts">The records of the hosts that could be asked.</param>
    public static IReadOnlyList<ClusterOperation> Of(IReadOnlyList<JournalEntry> local, IReadOnlyList<HostOperations> hosts)
    {
        var entries = local.Concat(hosts.SelectMany(h => h.Journal)).Where(e => e.OperationId.Length > 0).ToLookup(e => e.OperationId);
        var ids = entries.Select(e => e.Key)
            .Concat(hosts.SelectMany(h => h.Stopped.Select(s => s.OperationId)))
            .Concat(hosts.SelectMany(h => h.Drills.Select(d => d.OperationId)))
            .Concat(hosts.SelectMany(h => h.Repairs.Select(r => r.Record.OperationId)))
            .Concat(hosts.SelectMany(h => h.Renewals.Select(r => r.Record.OperationId)))
            .Concat(hosts.SelectMany(h => h.Restores.Select(r => r.OperationId)))
            .Concat(hosts.Select(h => h.Lock?.OperationId).OfType<string>());
        return [.. ids.Distinct().Order(StringComparer.Ordinal).Select(id => One(id, [.. entries[id].OrderBy(e => e.Time)], hosts))];
    }

    private static ClusterOperation One(string id, IReadOnlyList<JournalEntry> entries, IReadOnlyList<HostOperations> hosts)
    {
        // An undo has the ID of its operation, and so have the steps of the host itself: the first cmdlet began it.
        var first = entries.FirstOrDefault(e => e.Operation != ByHost);
        var records = hosts.SelectMany(h => h.Stopped.Where(s => s.OperationId == id).Select(s => (Host: h.HostName, Record: s)))
            .ToLookup(s => ComponentDefinition.WithKey(s.Record.Key) is not null);
        // Restores and repairs have switches of their own, which belong to no component.
        var (stopped, switches) = (records[true].ToArray(), records[false].ToArray());
        var drill = hosts.SelectMany(h => h.Drills).FirstOrDefault(d => d.OperationId == id);
        var repair = hosts.SelectMany(h => h.Repairs.Select(r => (Host: h.HostName, Repair: r))).FirstOrDefault(r => r.Repair.Record.OperationId == id);
        var renewals = hosts.SelectMany(h => h.Renewals.Where(r => r.Record.OperationId == id).Select(r => (Host: h.HostName, Renewal: r))).ToArray();
        var restores = hosts.SelectMany(h => h.Restores.Where(r => r.OperationId == id).Select(r => (Host: h.HostName, Restore: r))).ToArray();
        var locks = hosts.Where(h => h.Lock?.OperationId == id).ToArray();
        var kind = drill is not null ? ClusterOperationKind.Drill
            : repair.Repair is not null ? ClusterOperationKind.MemberRepair
            : renewals.Length > 0 ? ClusterOperationKind.CertificateRenewal
            : restores.Length > 0 ? ClusterOperationKind.Restore
            : first is null ? ClusterOperationKind.Other
            : KindOf(first.Operation);
        string[] own = [.. entries.Select(e => e.HostName).OfType<string>()
            .Concat(stopped.Concat(switches).Select(s => s.Host)).Concat(restores.Select(r => r.Host)).Concat(renewals.Select(r => r.Host)).Concat(locks.Select(h => h.HostName))
            .Concat(repair.Host is null ? [] : [repair.Host])
            .Concat(hosts.Where(h => h.Drills.Any(d => d.OperationId == id)).Select(h => h.HostName))
            .DistinctBy(HostNames.Normal)];
        string[] asked = [.. hosts.Select(h => h.HostName)];
        var isRepairOpen = repair.Repair is { IsFinished: false };
        var left = new List<string>();
        if (locks.Length > 0)
        {
            var held = locks[0].Lock!;
            left.Add($"It holds the lock of {string.Join(", ", locks.Select(h => h.HostName))}, at most {held.Left.TotalSeconds:0} s more without a sign of it.");
        }

        if (drill is not null)
        {
            var cordon = drill.CordonedNode is { } node ? $" and the cordon of node '{node}' are" : " is";
            left.Add($"The drill is not ended: its namespace '{drill.Namespace}'{cordon} there.");
        }

        if (isRepairOpen)
        {
            left.Add(repair.Repair!.IsForward
                ? $"The repair is not ended, and the old member is removed: Repair-EtcdMember -HostName {PowerShellCommand.Quote(repair.Host!)} goes on with it."
                : "The repair is not ended, and the old member is still one.");
        }

        var openRenewals = renewals.Where(r => !r.Renewal.IsFinished).Select(r => r.Host).ToArray();
        if (openRenewals.Length > 0) left.Add($"The renewal of certificates is not ended on {string.Join(", ", openRenewals)}. The same command goes on with it.");
        var openRestores = restores.Where(r => !r.Restore.IsFinished).Select(r => r.Host).ToArray();
        if (openRestores.Length > 0) left.Add($"The restore is not ended on {string.Join(", ", openRestores)}.");
        left.AddRange(stopped.Select(s => $"{Component(s.Record)} on {s.Host} is stopped, "
            + (s.Record.HealsAt is { } heals ? $"and the host starts it again at {heals:u}." : "and the host will not start it by itself.")));
        left.AddRange(switches.Where(s => s.Record.HealsAt is not null).Select(s => $"{s.Host} recovers by itself at {s.Record.HealsAt:u}."));
        var isUnseen = entries.Count > 0 && own.Any(host => !asked.Any(name => HostNames.AreSame(name, host)));
        return new ClusterOperation
        {
            OperationId = id,
            Kind = kind,
            Operation = first?.Operation ?? "",
            Target = Target(drill, repair, stopped, own),
            Operator = drill?.Operator ?? repair.Repair?.Record.Operator ?? renewals.Select(r => r.Renewal.Record.Operator).FirstOrDefault() ?? first?.Operator ?? "",
            StartedAt = drill?.StartedAt ?? repair.Repair?.Record.StartedAt ?? renewals.Select(r => (DateTimeOffset?)r.Renewal.Record.StartedAt).FirstOrDefault() ?? first?.Time ?? (stopped.Length > 0 ? stopped[0].Record.StoppedAt : null),
            LastStepAt = entries.Count == 0 ? null : entries[^1].Time,
            State = locks.Length > 0 ? ClusterOperationState.Running
                : left.Count > 0 ? ClusterOperationState.Left
                : isUnseen ? ClusterOperationState.Unknown
                : ClusterOperationState.Ended,
            HostName = own,
            LastStep = entries.Count == 0 ? null : entries[^1].Step,
            Left = left.Count == 0 ? null : string.Join(' ', left),
            Undo = Undo(),
        };

        string? Undo()
        {
            if (drill is not null) return PowerShellCommand.Of("Undo-FailureDrill", ("OperationId", [id]), ("HostName", asked));
            if (isRepairOpen) return PowerShellCommand.Of("Undo-EtcdMemberRepair", ("OperationId", [id]), ("HostName", asked));
            if (openRenewals.Length > 0) return PowerShellCommand.Of("Update-ControlPlaneCertificate", ("HostName", asked));
            // If half of the members had other data, there would be two clusters: this is for all hosts, or for none.
            if (restores.Any(r => r.Restore.Version != "none"))
                return PowerShellCommand.Of("Undo-EtcdRestore", ("HostName", restores.Select(r => r.Host)), ("OperationId", [id]));
            return stopped.Length == 0 ? null : string.Join("; ", stopped.GroupBy(s => s.Record.Key).Select(group => StartComponent.CommandOf(Component(group.First().Record), group.Select(s => s.Host))));
        }
    }

    private static string Target(
        DrillRecord? drill, (string? Host, RememberedRepair? Repair) repair, (string Host, StoppedRecord Record)[] stopped, string[] hosts)
    {
        if (drill is not null) return $"{drill.Drill} drill of '{drill.ClusterName}'";
        if (repair.Repair is { } found) return $"member '{found.Record.Configuration.Name}' on {repair.Host}";
        return stopped.Length > 0 ? string.Join(", ", stopped.Select(s => $"{Component(s.Record)} on {s.Host}")) : string.Join(", ", hosts);
    }

    private static ClusterComponent Component(StoppedRecord record) => ComponentDefinition.WithKey(record.Key)!.Component;
}
