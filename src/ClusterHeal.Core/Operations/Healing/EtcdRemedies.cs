namespace ClusterHeal.Operations.Healing;

/// <summary>
/// The remedies for etcd. A member is repaired only if its data are known to be lost or corrupt: one that cannot be reached may have the best data.
/// </summary>
internal static class EtcdRemedies
{
    /// <summary>For a member that does not serve, has never joined, or has no vote.</summary>
    public static IReadOnlyList<Remedy> OfMember(HealthFacts facts, CheckResult result)
    {
        if (Named(facts, result.Target) is not { } member) return [];
        var byPeople = CommandFor(member);
        if (facts.Hosts.Count == 0) return [new LeftToPeople("Its host is not known: no host is given.", byPeople)];
        if (HostOf(facts, member) is not { } host) return [Unseen(facts, member)];
        if (OperationRemedies.AtWork(host) is { } working) return [working];
        // A drill repairs members, too, under its own ID.
        var repair = facts.Operations.FirstOrDefault(o => o is { Kind: ClusterOperationKind.MemberRepair or ClusterOperationKind.Drill, State: ClusterOperationState.Left }
            && host.Operations?.Repairs.Any(r => r.Record.OperationId == o.OperationId) == true);
        if (repair is not null) return [OperationRemedies.OfLeft(facts, repair)];
        if (result.Name == "EtcdLearners") return [];
        if (host.Find(ClusterComponent.Etcd) is { State: not ComponentState.Running } etcd) return [ComponentRemedies.Of(facts, host, etcd)];
        return
        [
            new LeftToPeople(
                $"etcd runs on {host.HostName} and does not serve: look at the network between the members (port 2380), at its certificates and its log. "
                    + "Its data may be good. Only if they are not, repair it.",
                byPeople),
        ];
    }

    /// <summary>For a lost quorum, or one without a spare member.</summary>
    public static IReadOnlyList<Remedy> OfQuorum(HealthFacts facts, CheckResult result)
    {
        var down = ComponentRemedies.OfDown(facts, ClusterComponent.Etcd);
        if (down.Any(r => r is not LeftToPeople)) return down;
        if (result.Status != CheckStatus.Fail) return [new LeftToPeople("The quorum is there. Bring the missing members back (EtcdMembers), and stop nothing until then.")];
        return [Restore(facts), .. down];
    }

    /// <summary>For a host whose etcd is down and has no log: it has lost its data, or never had any.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="host">The host.</param>
    /// <param name="etcd">What is set up there.</param>
    /// <param name="start">How it is started.</param>
    public static Remedy OfLostData(HealthFacts facts, HostFacts host, EtcdOnHost etcd, StartComponent start)
    {
        if (etcd.Unmounted is { } point)
            return new LeftToPeople($"{host.HostName}: '{point}', on which the data of etcd should be, is not mounted. Mount it, and start etcd.", start.Command);
        if (facts.Etcd is not { } cluster)
            return new LeftToPeople($"The etcd on {host.HostName} has no data, and no other member can be asked whether it is one of them. See to those first.");
        if (!cluster.Members.Any(etcd.Is))
            return new LeftToPeople($"The etcd on {host.HostName} has no data, and the cluster does not list it. If you want it as a member, add it.", new RepairMember(etcd.Name, host.HostName).Command);
        var canStart = facts.Hosts.Any(h => h.Etcd is { HasLog: not false } && h.Find(ClusterComponent.Etcd) is { State: not ComponentState.Running });
        return cluster.HealthyVoters < cluster.Quorum && !canStart ? Restore(facts) : new RepairMember(etcd.Name, host.HostName);
    }

    private static LeftToPeople Restore(HealthFacts facts) => new(
        "The quorum is lost, and nobody is there to learn the data from. A restore throws away what was written after the snapshot, so it is never done by itself. "
            + "If the members are lost for good, restore one.",
        RestoreCommand(facts));

    private static string? RestoreCommand(HealthFacts facts)
    {
        var snapshot = facts.Backups is { Newest: { } newest } backups ? Path.Combine(backups.Folder, newest) : "snapshot.db";
        return facts.Hosts.Count == 0 ? null : PowerShellCommand.Of("Restore-EtcdSnapshot", ("Path", [snapshot]), ("HostName", facts.Hosts.Select(h => h.HostName)));
    }

    /// <summary>For a member whose data differ from those of a majority. Without a majority nobody knows whose are right.</summary>
    public static IReadOnlyList<Remedy> OfHash(HealthFacts facts, CheckResult result) =>
        result.Status == CheckStatus.Fail && Named(facts, result.Target) is { } member ? [Repair(facts, member)] : [];

    public static IReadOnlyList<Remedy> OfAlarm(HealthFacts facts, CheckResult result) => Named(facts, result.Target)?.Alarms switch
    {
        { } alarms when alarms.Contains("CORRUPT") => [Repair(facts, Named(facts, result.Target)!)],
        { } alarms when alarms.Contains("NOSPACE") => [new ClearAlarm()],
        _ => [],
    };

    private static Remedy Repair(HealthFacts facts, EtcdMember member)
    {
        if (facts.Hosts.Count == 0) return new LeftToPeople("Its host is not known: no host is given.", CommandFor(member));
        if (HostOf(facts, member) is not { } host) return Unseen(facts, member);
        return OperationRemedies.AtWork(host) ?? new RepairMember(EtcdFacts.NameOf(member), host.HostName);
    }

    private static LeftToPeople Unseen(HealthFacts facts, EtcdMember member)
    {
        string[] faults = [.. facts.Hosts.Where(h => h.Fault is not null).Select(h => h.HostName)];
        return new LeftToPeople(
            faults.Length == 0
                ? $"None of the hosts has the member at {string.Join(", ", member.PeerUrls)}. Name its host too, or take the member out: etcdctl member remove {member.Id}"
                : $"It is not on the hosts that can be looked at, and {string.Join(", ", faults)} cannot be. Bring the host back; if it is lost, give the member another host.",
            CommandFor(member));
    }

    // Names of members are not unique, and one that never started has none. One without a vote is promoted or removed.
    private static string? CommandFor(EtcdMember member) => member.IsLearner ? null : member.Name.Length > 0
        ? PowerShellCommand.Of("Repair-EtcdMember", ("Name", [member.Name]))
        : PowerShellCommand.Of("Repair-EtcdMember", ("Id", [member.Id]));

    private static EtcdMember? Named(HealthFacts facts, string target) => facts.Etcd?.Members.FirstOrDefault(m => EtcdFacts.NameOf(m) == target);

    private static HostFacts? HostOf(HealthFacts facts, EtcdMember member) => facts.Hosts.FirstOrDefault(h => h.Etcd?.Is(member) == true);
}
