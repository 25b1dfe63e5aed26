using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>What must be true before a restore changes anything. Each broken rule is one sentence for the user.</summary>
internal static class RestoreRules
{
    // The log, and a reserve for what the members write at once.
    private const long Reserve = 256L << 20;

    /// <summary>How many bytes the new data need on a host, besides the current ones.</summary>
    public static long NeededBytes(long databaseSize) => databaseSize + MemberBootstrap.WalSize + Reserve;

    /// <summary>Checks each host, and whether they fit together.</summary>
    /// <param name="hosts">The hosts before.</param>
    /// <param name="databaseSize">Bytes of the snapshot.</param>
    /// <param name="lostMembers">Names of members that will not come back.</param>
    /// <param name="saved">The members that the snapshot names.</param>
    /// <exception cref="ClusterHealException">At least one rule is broken; nothing was changed.</exception>
    public static void Check(
        IReadOnlyList<SurveyedHost> hosts, long databaseSize, IReadOnlyList<string> lostMembers, IReadOnlyList<EtcdSnapshotMember> saved)
    {
        Refuse(hosts, hosts.SelectMany(host => OfHost(host, databaseSize)).Concat(OfPeers(hosts)).Concat(OfAll(hosts, lostMembers, saved)), "restored");
    }

    /// <summary>Checks that each member answers or is dead, and that the hosts can ask. That is enough if the data are already there.</summary>
    /// <param name="hosts">The hosts before.</param>
    /// <exception cref="ClusterHealException">One cannot be asked; nothing was stopped.</exception>
    public static void CheckMembers(IReadOnlyList<SurveyedHost> hosts) =>
        Refuse(hosts, hosts.Select(host => host.Member.Objection).OfType<string>().Concat(OfPeers(hosts)), "put back");

    private static void Refuse(IReadOnlyList<SurveyedHost> hosts, IEnumerable<string> rules, string verb)
    {
        var broken = rules.ToArray();
        if (broken.Length == 0) return;
        throw new ClusterHealException(
            ErrorIds.RestoreRefused,
            FaultCategory.InvalidOperation,
            $"The cluster cannot be {verb} as it is. Nothing was touched. {string.Join(' ', broken)}",
            string.Join(", ", hosts.Select(h => h.Shell.HostName)),
            "Fix what is named, and try again.");
    }

    /// <summary>What must be true of the folders of a member before its data are moved aside and others replace them.</summary>
    /// <param name="name">The host.</param>
    /// <param name="facts">What was found there.</param>
    /// <param name="configuration">How etcd is set up there.</param>
    /// <param name="neededBytes">Bytes that the new data need, besides the current ones.</param>
    /// <param name="serves">Whether the member answers.</param>
    public static IEnumerable<string> OfPlace(string name, MemberFacts facts, EtcdConfiguration configuration, long neededBytes, bool serves)
    {
        if (!facts.IsRoot)
        {
            // What it sees without root's rights is not the truth.
            yield return $"{name}: the login is not root's; add -Sudo.";
            yield break;
        }

        if (!facts.HasData) yield return $"{name}: there is no folder '{configuration.DataDirectory}'; make it as etcd's user wants it.";
        if (facts.DataObstacle is { } obstacle) yield return $"{name}: {obstacle}. Name the folder itself in the settings.";
        if (!facts.HasTools) yield return $"{name}: it has no 'flock' or no 'mountpoint', or its 'mv' does not know -n and -T.";
        if (facts.MemberIsMount) yield return $"{name}: '{configuration.DataDirectory}/member' is a filesystem of its own, and cannot be swapped; mount it one folder higher.";
        if (facts.WalIsMount) yield return $"{name}: '{configuration.WalDirectory}' is a filesystem of its own, and cannot be swapped; mount it one folder higher.";
        if (configuration.WalDirectory is not null && facts.WalPlace is WalPlace.InsideMember or WalPlace.AroundData)
        {
            yield return $"{name}: the log's folder '{configuration.WalDirectory}' and '{configuration.DataDirectory}/member' lie one in the other, so they cannot be swapped "
                + "one by one; move the log, with etcd stopped, to a folder of its own.";
        }

        if (facts.OpenDatabase is { } open and not "same")
        {
            yield return $"{name}: its etcd has '{open}' open, and the settings name '{configuration.DataDirectory}': they were changed since it was started, "
                + "or are not its own. Restart etcd, or correct them.";
        }

        if (facts.OpenDatabase is null && serves)
        {
            yield return $"{name}: it cannot be seen which database its etcd has open, so '{configuration.DataDirectory}' may not be its own.";
        }

        if (facts.HasData && facts.FreeBytes < neededBytes)
        {
            yield return $"{name}: {facts.FreeBytes >> 20} MiB are free for '{configuration.DataDirectory}', and {neededBytes >> 20} MiB are needed, "
                + "since the present data are kept.";
        }
    }

    private static IEnumerable<string> OfHost(SurveyedHost host, long databaseSize)
    {
        var name = host.Shell.HostName;
        foreach (var rule in OfPlace(name, host.Facts, host.Configuration, NeededBytes(databaseSize), serves: host.Status is not null)) yield return rule;
        if (!host.Facts.IsRoot) yield break;
        if (host.Member.Objection is { } objection) yield return objection;
        else if (host.EtcdVersion is null) yield return $"{name}: the version of its etcd is not known: no member answers, and the unit names no program 'etcd' that is root's alone.";
    }

    // A host that is left alone asks the others as peers to find out on which data they run.
    private static IEnumerable<string> OfPeers(IReadOnlyList<SurveyedHost> hosts)
    {
        foreach (var host in hosts.Where(h => h.Member.Objection is null))
        {
            foreach (var (other, told) in hosts.Where(h => h != host).Zip(host.Member.Peers))
            {
                if (other.Status is null || told is not null) continue;
                yield return $"{host.Shell.HostName}: the member on {other.Shell.HostName} does not answer it as a peer at "
                    + $"{other.Configuration.InitialAdvertisePeerUrls[0]}, by which it finds out alone what the others run on. Check the network between them.";
            }
        }
    }

    private static IEnumerable<string> OfAll(
        IReadOnlyList<SurveyedHost> hosts, IReadOnlyList<string> lostMembers, IReadOnlyList<EtcdSnapshotMember> saved)
    {
        var versions = hosts.Select(h => h.EtcdVersion).OfType<Version>().Distinct().ToArray();
        if (versions.Length > 1) yield return $"The hosts run different versions of etcd: {string.Join(", ", versions.Select(v => v.ToString()))}.";
        foreach (var twice in hosts.GroupBy(h => h.Configuration.Name).Where(g => g.Count() > 1))
        {
            yield return $"Several hosts have the member '{twice.Key}': {string.Join(", ", twice.Select(h => h.Shell.HostName))}.";
        }

        // A member that is left out would continue with the old data, beside the new cluster.
        var urls = hosts.SelectMany(h => h.Configuration.InitialAdvertisePeerUrls).Select(PeerUrl.Normalize).ToHashSet(StringComparer.Ordinal);
        var known = KnownMembers(hosts, urls, saved).ToArray();
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

        // A leader has a majority. If these hosts alone are none, other members are alive and would continue to serve the old data.
        if (absent.Length > 0 && hosts.FirstOrDefault(h => h.Status is { Leader: not 0 }) is { } led && hosts.Count <= known.Length / 2)
        {
            yield return $"{led.Shell.HostName}: its member has a leader, so of {string.Join(", ", absent.Select(m => $"'{m.Name}'"))} at least one lives "
                + "and would go on with the old data. Or they were lost just now: a member forgets its leader only after its election timeout, "
                + "so try again in some seconds.";
        }
    }

    // A member that was added and never started has no name, so its ID is used.
    private static IEnumerable<(string Name, IEnumerable<string> Urls)> KnownMembers(
        IReadOnlyList<SurveyedHost> hosts, HashSet<string> urls, IReadOnlyList<EtcdSnapshotMember> saved)
    {
        var living = hosts.SelectMany(h => h.Members).DistinctBy(m => m.ID).ToArray();
        if (living.Length > 0)
            return living.Select(m => (m.Name.Length > 0 ? m.Name : EtcdId.Hex(m.ID), m.PeerURLs.Select(PeerUrl.Normalize)));

        // No member answers. Settings name the members of the day when they were written, and the snapshot, if it is of this cluster, those of its
        // own day. A member in either may be alive somewhere.
        var set = hosts.SelectMany(h => InitialCluster.Parse(h.Configuration.InitialCluster, "").Members).Select(m => (m.Name, Urls: m.PeerUrls.AsEnumerable()));
        var inSnapshot = saved.Select(m => (Name: m.Name.Length > 0 ? m.Name : m.Id, Urls: m.PeerUrls.Select(PeerUrl.Normalize))).ToArray();
        return inSnapshot.Any(m => m.Urls.Any(urls.Contains)) ? set.Concat(inSnapshot).DistinctBy(m => m.Name) : set.DistinctBy(m => m.Name);
    }
}
