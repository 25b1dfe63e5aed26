using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>What must be true before a restore touches anything. Each rule that is broken is one sentence for the user.</summary>
internal static class RestoreRules
{
    // The log, and room for what the members write at once.
    private const long Reserve = 256L << 20;

    /// <summary>Bytes that the new data need on a host, besides the present ones.</summary>
    public static long NeededBytes(long databaseSize) => databaseSize + MemberBootstrap.WalSize + Reserve;

    /// <summary>Checks the hosts by themselves and against each other.</summary>
    /// <param name="hosts">The hosts as they were found.</param>
    /// <param name="databaseSize">Bytes of the snapshot.</param>
    /// <param name="lostMembers">Names of members that will not come back.</param>
    /// <exception cref="ClusterHealException">At least one rule is broken; nothing was touched.</exception>
    public static void Check(IReadOnlyList<SurveyedHost> hosts, long databaseSize, IReadOnlyList<string> lostMembers)
    {
        var broken = hosts.SelectMany(host => OfHost(host, databaseSize)).Concat(OfAll(hosts, lostMembers)).ToArray();
        if (broken.Length == 0) return;
        throw new ClusterHealException(
            ErrorIds.RestoreRefused,
            FaultCategory.InvalidOperation,
            $"The cluster cannot be restored as it is. Nothing was touched. {string.Join(' ', broken)}",
            string.Join(", ", hosts.Select(h => h.Shell.HostName)),
            "Mend what is named, and try again.");
    }

    private static IEnumerable<string> OfHost(SurveyedHost host, long databaseSize)
    {
        var name = host.Shell.HostName;
        var (facts, configuration) = (host.Facts, host.Configuration);
        if (!facts.IsRoot) yield return $"{name}: the login is not root's; add -Sudo.";
        if (!facts.HasData) yield return $"{name}: there is no folder '{configuration.DataDirectory}'; make it as etcd's user wants it.";
        if (!facts.CanRename) yield return $"{name}: its 'mv' does not know -T.";
        if (facts.WalIsMount) yield return $"{name}: '{configuration.WalDirectory}' is a filesystem of its own, and cannot be swapped; mount it one folder higher.";
        if (host.EtcdVersion is null) yield return $"{name}: the version of its etcd cannot be told.";
        if (facts.HasData && facts.FreeBytes < NeededBytes(databaseSize))
        {
            yield return $"{name}: {facts.FreeBytes >> 20} MiB are free for '{configuration.DataDirectory}', and {NeededBytes(databaseSize) >> 20} MiB are needed, "
                + "since the present data are kept.";
        }

        // Without either, the host could not tell by itself which side has the quorum.
        var isNotifyUnit = host.Etcd.Mechanism == ComponentMechanism.SystemdUnit;
        if (!facts.HasCurl && !isNotifyUnit) yield return $"{name}: it has no curl, with which it asks its etcd for its health when nobody comes back.";
    }

    private static IEnumerable<string> OfAll(IReadOnlyList<SurveyedHost> hosts, IReadOnlyList<string> lostMembers)
    {
        var versions = hosts.Select(h => h.EtcdVersion).OfType<Version>().Distinct().ToArray();
        if (versions.Length > 1) yield return $"The hosts run different versions of etcd: {string.Join(", ", versions.Select(v => v.ToString()))}.";
        foreach (var twice in hosts.GroupBy(h => h.Configuration.Name).Where(g => g.Count() > 1))
        {
            yield return $"Several hosts have the member '{twice.Key}': {string.Join(", ", twice.Select(h => h.Shell.HostName))}.";
        }

        // A member that is left out would go on with the old data, beside the new cluster.
        var urls = hosts.SelectMany(h => h.Configuration.InitialAdvertisePeerUrls).Select(PeerUrl.Normalize).ToHashSet(StringComparer.Ordinal);
        var known = KnownMembers(hosts).ToArray();
        var absent = known.Where(m => !m.Urls.Any(urls.Contains)).ToArray();
        foreach (var (member, memberUrls) in absent.Where(m => !lostMembers.Contains(m.Name)))
        {
            yield return $"The member '{member}' ({string.Join(", ", memberUrls)}) is on none of the hosts; name its host too, or, if it is gone for good, "
                + $"give -LostMember '{member}'.";
        }

        foreach (var name in lostMembers.Where(name => !absent.Any(m => m.Name == name)))
        {
            yield return known.Any(m => m.Name == name)
                ? $"The member '{name}' is on one of the hosts, so it is not lost."
                : $"There is no member '{name}' that could be lost.";
        }

        // A leader has a majority behind it. Where the hosts alone are none, others live and would go on to serve the old data.
        if (absent.Length > 0 && hosts.FirstOrDefault(h => h.Status is { Leader: not 0 }) is { } led && hosts.Count <= known.Length / 2)
        {
            yield return $"{led.Shell.HostName}: its member has a leader, so of {string.Join(", ", absent.Select(m => $"'{m.Name}'"))} at least one lives "
                + "and would go on with the old data. Or they were lost just now: a member forgets its leader only after its election timeout, "
                + "so try again in some seconds.";
        }
    }

    private static IEnumerable<(string Name, IEnumerable<string> Urls)> KnownMembers(IReadOnlyList<SurveyedHost> hosts)
    {
        var living = hosts.Select(h => h.Members).FirstOrDefault(members => members.Count > 0);
        return living is not null
            ? living.Select(m => (m.Name, m.PeerURLs.Select(PeerUrl.Normalize)))
            : hosts.SelectMany(h => InitialCluster.Parse(h.Configuration.InitialCluster, "").Members).DistinctBy(m => m.Name)
                .Select(m => (m.Name, m.PeerUrls.AsEnumerable()));
    }
}
