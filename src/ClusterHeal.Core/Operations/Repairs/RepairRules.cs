using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;

namespace ClusterHeal.Operations.Repairs;

/// <summary>What must be true before a repair changes anything. Each broken rule is one sentence for the user.</summary>
internal static class RepairRules
{
    /// <summary>Checks the cluster and the host.</summary>
    /// <param name="ground">The state before.</param>
    /// <param name="request">What the user wants.</param>
    /// <param name="certificates">What is wrong with certificates, each as a sentence.</param>
    /// <exception cref="ClusterHealException">At least one rule is broken; nothing was changed.</exception>
    public static void Check(RepairGround ground, MemberRepairRequest request, IReadOnlyList<string> certificates)
    {
        var name = ground.Target.Shell.HostName;
        var down = ground.Down;
        var serving = ground.OtherVoters.Count - down.Count;
        var voters = ground.OtherVoters.Count + (ground.Former is { IsLearner: false } ? 1 : 0);
        if (serving < (voters / 2) + 1) throw NoQuorum(ground, voters, serving);
        // If the repair is a part of a drill, the member is healthy.
        if (ground.Finding is null && !request.Force && request.Journal is null) throw IsWell(ground);
        RestoreSurvey.RefuseDifference(ground.Target);
        string[] broken =
        [
            .. OfOthers(ground, down),
            .. OfData(ground),
            .. OfHost(ground),
            .. certificates,
        ];
        if (broken.Length > 0) throw Refused(name, string.Join(' ', broken), "Fix what is named, and try again.");
    }

    /// <summary>A refusal.</summary>
    /// <param name="target">What it is about.</param>
    /// <param name="why">Why, as sentences.</param>
    /// <param name="remedy">What to do.</param>
    public static ClusterHealException Refused(string? target, string why, string remedy) =>
        new(ErrorIds.RepairRefused, FaultCategory.InvalidOperation, $"{why.TrimEnd()} Nothing was touched.", target, remedy);

    /// <summary>The refusal if no member can confirm the data.</summary>
    /// <param name="target">The host, or the user's name for the member.</param>
    /// <param name="reasons">Why the others do not serve, each as a sentence.</param>
    public static ClusterHealException NobodyServes(string? target, IReadOnlyList<string> reasons) => Refused(
        target,
        $"No other member of the cluster serves on the hosts that were named, so there is nobody to learn the data from. {string.Join(' ', reasons)}",
        "Name the hosts of the other members with -OtherHostName, or connect with Connect-Cluster -HostName. "
        + "If they are lost, restore a snapshot: Restore-EtcdSnapshot -LostMember.");

    private static IEnumerable<string> OfOthers(RepairGround ground, IReadOnlyList<Member> down)
    {
        foreach (var member in ground.OnOtherHosts)
        {
            yield return $"The member '{RepairGround.NameOf(member)}' ({string.Join(", ", member.PeerURLs)}) is on none of the hosts; "
                + "name its host with -OtherHostName, so that its data can be compared.";
        }

        foreach (var member in down)
        {
            yield return $"The member '{RepairGround.NameOf(member)}' ({EtcdId.Hex(member.ID)}) does not serve either, "
                + "and etcd takes no new member while a voter is not connected. Bring it back first; "
                + $"if it is lost, take it out with 'etcdctl member remove {EtcdId.Hex(member.ID)}', repair this one, and then that one.";
        }

        foreach (var learner in ground.Members.Where(member => member.IsLearner && member.ID != ground.Former?.ID))
        {
            yield return $"The cluster has the learner '{RepairGround.NameOf(learner)}' ({EtcdId.Hex(learner.ID)}), "
                + "and takes one at a time. Promote or remove it first.";
        }

        if (MembershipChange.Find(ground.OtherVoters, ground.Target.Configuration.InitialAdvertisePeerUrls, ground.Former?.ID ?? 0) is { } taken)
        {
            yield return $"{ground.Target.Shell.HostName}: its peer URLs are those of the member '{RepairGround.NameOf(taken)}'.";
        }

        if (ground.OtherVoters.Any(member => member.Name == ground.Target.Configuration.Name))
        {
            yield return $"{ground.Target.Shell.HostName}: another member has the name '{ground.Target.Configuration.Name}' that its settings give it.";
        }
    }

    private static IEnumerable<string> OfData(RepairGround ground)
    {
        if (ground.Hashes.Select(hash => hash.Hash).Distinct().Count() > 1)
        {
            yield return "The data of the other members are not the same, so nobody knows which are right: "
                + string.Join(", ", ground.Hashes.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.HostName} has hash {h.Hash} at revision {h.Revision}"))) + ".";
        }

        foreach (var alarm in ground.Alarms.Where(alarm => alarm.MemberID != ground.Former?.ID))
        {
            var member = ground.Members.FirstOrDefault(m => m.ID == alarm.MemberID);
            yield return $"The alarm {alarm.Alarm.ToString().ToUpperInvariant()} of '{(member is null ? EtcdId.Hex(alarm.MemberID) : RepairGround.NameOf(member))}' is raised. "
                + (alarm.Alarm == AlarmType.Corrupt ? "Repair that member first." : "Clear it first (Clear-EtcdAlarm).");
        }
    }

    private static IEnumerable<string> OfHost(RepairGround ground)
    {
        var (host, name) = (ground.Target, ground.Target.Shell.HostName);
        var needed = RestoreRules.NeededBytes(ground.Others.All.Max(member => member.Status.DbSize));
        foreach (var rule in RestoreRules.OfPlace(name, host.Facts, host.Configuration, needed, serves: ground.Own?.Host == host)) yield return rule;
        if (host.Etcd.StoppedBy is { } operation)
        {
            yield return $"{name}: its etcd was stopped by the operation {operation}. Start-ControlPlaneComponent Etcd -HostName {name} brings it back.";
        }

        foreach (var restore in host.Facts.Restores.Where(restore => !restore.IsFinished))
        {
            yield return $"{name}: the restore {restore.OperationId} was interrupted. Finish it with Undo-EtcdRestore, or with Restore-EtcdSnapshot again.";
        }

        if (OwnVersion(host) is not { } version)
        {
            yield return $"{name}: the version of its etcd is not known: its manifest names no release, or its unit no program 'etcd' that is root's alone.";
        }
        else if (ground.Others.All.Select(member => EtcdVersions.ParseMinor(member.Status.Version)).OfType<Version>().Max() is { } theirs && version != theirs)
        {
            yield return $"{name}: its etcd is {version}, and the others' is {theirs}.";
        }
    }

    private static Version? OwnVersion(FoundHost host) => EtcdVersions.ParseMinor(host.Configuration.Image?.Split(':')[^1]) ?? host.Facts.Version;

    private static ClusterHealException NoQuorum(RepairGround ground, int voters, int serving)
    {
        var lost = ground.Down.Append(ground.Former).OfType<Member>().Select(RepairGround.NameOf).ToArray();
        var left = string.Join(", ", ground.Others.All.Select(member => member.Host.Shell.HostName));
        return Refused(
            ground.Target.Shell.HostName,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Without this member {serving} of {voters} voters serve, and {(voters / 2) + 1} are needed: "
                + $"the cluster has no quorum that could take a member in. {string.Join(' ', ground.Others.Silent)}"),
            $"Bring another member back first. If they are lost, restore a snapshot: Restore-EtcdSnapshot -Path FILE -HostName {left} -LostMember {string.Join(", ", lost)}");
    }

    private static ClusterHealException IsWell(RepairGround ground) => Refused(
        ground.Target.Shell.HostName,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The member '{RepairGround.NameOf(ground.Former!)}' is well: it serves, it has no alarm, and its hash at revision {ground.Hashes[0].Revision} is that of the others."),
        "-Force repairs it anyway.");
}
