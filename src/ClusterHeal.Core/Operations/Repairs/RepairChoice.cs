using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Finds the member that the user named, and its host.</summary>
internal static class RepairChoice
{
    /// <summary>The host on which the member will run, if the user named it; null if the member's own host has to be found.</summary>
    /// <param name="request">What the user wants.</param>
    /// <param name="hosts">The hosts that could be examined.</param>
    /// <param name="unseen">Why other hosts could not be, each as a sentence.</param>
    /// <exception cref="ClusterHealException">The host could not be examined.</exception>
    public static FoundHost? Target(MemberRepairRequest request, IReadOnlyList<FoundHost> hosts, IReadOnlyList<string> unseen)
    {
        if ((request.ToHostName ?? request.HostName) is not { } name) return null;
        return hosts.FirstOrDefault(host => HostNames.AreSame(host.Shell.HostName, name)) ?? throw RepairRules.Refused(
            name,
            $"{name} cannot be looked at, or has no etcd that is set up. "
            + string.Join(' ', unseen.Where(line => line.StartsWith($"{name}:", StringComparison.Ordinal))),
            request.ToHostName is null
                ? "Bring the host back, or give the member another one with -ToHostName."
                : "Install etcd there first, as a unit or a static pod: with a name, URLs and certificates of its own, and the other members' CA.");
    }

    /// <summary>The member that the user named; null if the cluster does not list one of the host's URLs.</summary>
    /// <param name="request">What the user wants.</param>
    /// <param name="hosts">The hosts that could be examined.</param>
    /// <param name="target">The host on which it will run, or null.</param>
    /// <param name="members">The members in the cluster's list.</param>
    /// <exception cref="ClusterHealException">There is no such member, or several have the name.</exception>
    public static Member? Former(MemberRepairRequest request, IReadOnlyList<FoundHost> hosts, FoundHost? target, IReadOnlyList<Member> members)
    {
        var listed = string.Join(", ", members.Select(member => $"'{member.Name}' ({EtcdId.Hex(member.ID)})"));
        if (request.HostName is { } hostName)
        {
            var host = request.ToHostName is null ? target : hosts.FirstOrDefault(h => HostNames.AreSame(h.Shell.HostName, hostName));
            if (host is not null) return MembershipChange.Find(members, host.Configuration.InitialAdvertisePeerUrls, formerId: 0);
            throw RepairRules.Refused(
                hostName,
                $"Which member was on {hostName} is not known, since the host does not answer.",
                $"Give the member's -Name in place of -HostName: {listed}.");
        }

        var meant = members.Where(member => request.Means(member.ID, member.Name)).ToArray();
        if (meant.Length == 1) return meant[0];
        // A member that was removed by hand is not listed. Its host is known from its settings.
        if (meant.Length == 0 && hosts.Count(host => request.Means(0, host.Configuration.Name)) == 1) return null;
        throw RepairRules.Refused(
            request.MemberId ?? request.MemberName,
            meant.Length == 0 ? $"The cluster has no member '{request.MemberId ?? request.MemberName}'." : $"Several members are called '{request.MemberName}'.",
            $"Its members are {listed}.");
    }

    /// <summary>The host of a member that is given by its name or ID.</summary>
    /// <exception cref="ClusterHealException">It is on none of the hosts.</exception>
    public static FoundHost HostOf(MemberRepairRequest request, IReadOnlyList<FoundHost> hosts, Member? former, IReadOnlyList<string> unseen) =>
        (former is null
            ? hosts.FirstOrDefault(host => request.Means(0, host.Configuration.Name))
            : hosts.FirstOrDefault(host => MembershipChange.Find([former], host.Configuration.InitialAdvertisePeerUrls, formerId: 0) is not null))
        ?? throw RepairRules.Refused(
            request.MemberName ?? request.MemberId,
            $"The member '{request.MemberName ?? request.MemberId}' is on none of the hosts. {string.Join(' ', unseen)}",
            "Name its host with -HostName, or give the member another host with -ToHostName.");
}
