using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;

namespace ClusterHeal.Operations.Repairs;

/// <summary>The state before a repair: the host, its member, and the others.</summary>
internal sealed record RepairGround : IDisposable
{
    /// <summary>The host of the member after the repair.</summary>
    public required FoundHost Target { get; init; }

    /// <summary>The other members that serve.</summary>
    public required ServingMembers Others { get; init; }

    /// <summary>All hosts that could be examined.</summary>
    public required IReadOnlyList<FoundHost> Hosts { get; init; }

    /// <summary>The members in the cluster's list.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>The member that is replaced; null if the cluster does not list it.</summary>
    public required Member? Former { get; init; }

    /// <summary>What the member itself said; null if it does not serve.</summary>
    public required ServingMember? Own { get; init; }

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public required string? Finding { get; init; }

    /// <summary>Voters that answer, but on none of the hosts.</summary>
    public required IReadOnlyList<Member> OnOtherHosts { get; init; }

    public required IReadOnlyList<AlarmMember> Alarms { get; init; }

    /// <summary>The others' revision and hash there, by their hosts. If there is more than one hash, it is not known which is right.</summary>
    public required IReadOnlyList<(string HostName, long Revision, uint Hash)> Hashes { get; init; }

    /// <summary>The voters apart from the member that is replaced.</summary>
    public IReadOnlyList<Member> OtherVoters => [.. Members.Where(member => !member.IsLearner && member.ID != Former?.ID)];

    /// <summary>Those of <see cref="OtherVoters"/> that do not serve.</summary>
    public IReadOnlyList<Member> Down =>
        [.. OtherVoters.Where(voter => Others.All.All(member => member.Id != voter.ID) && OnOtherHosts.All(member => member.ID != voter.ID))];

    /// <summary>True if the member is the leader.</summary>
    public bool IsLeader => Former is { } former && Others.All.Any(member => member.Status.Leader == former.ID);

    /// <summary>True if all servers support learners.</summary>
    public bool KnowsLearners => Others.All.All(member => EtcdVersions.ParseMinor(member.Status.Version) >= EtcdVersions.Learners);

    /// <summary>All members at the new one's first start, in the form of <c>initial-cluster</c>.</summary>
    public string InitialCluster => string.Join(',', Members
        .Where(member => member.ID != Former?.ID)
        // The name of one that never ran does not matter, but it must have one.
        .SelectMany(member => member.PeerURLs.Select(url => $"{(member.Name.Length > 0 ? member.Name : EtcdId.Hex(member.ID))}={url}"))
        .Concat(Target.Configuration.InitialAdvertisePeerUrls.Select(url => $"{Target.Configuration.Name}={url}")));

    /// <summary>The name of a member, or its ID.</summary>
    public static string NameOf(Member member) => member.Name.Length > 0 ? member.Name : EtcdId.Hex(member.ID);

    /// <summary>Asks the cluster. Changes nothing.</summary>
    /// <param name="request">What the user wants.</param>
    /// <param name="hosts">The hosts that could be examined.</param>
    /// <param name="unseen">Why other hosts could not be, each as a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The member or its host cannot be found, or no other member serves.</exception>
    public static async Task<RepairGround> LookAsync(
        MemberRepairRequest request, IReadOnlyList<FoundHost> hosts, IReadOnlyList<string> unseen, CancellationToken cancellationToken)
    {
        var asked = await ServingMembers.AskAsync(hosts, cancellationToken).ConfigureAwait(false);
        var chosen = RepairChoice.Target(request, hosts, unseen);
        // The member to repair may be the only one that answers. What it says about the others does not count.
        var voices = asked.All.Where(member => member.Host != chosen).ToArray();
        if (voices.Length == 0 && (request.HostName is not null || asked.All.Count == 0))
        {
            throw RepairRules.NobodyServes(request.HostName ?? request.MemberName ?? request.MemberId, [.. unseen, .. asked.Silent]);
        }

        var members = (await new AnyMember([.. (voices.Length > 0 ? voices : [.. asked.All]).Select(voice => voice.Connection)])
            .AskAsync(client => client.MemberListAsync(linearizable: false, cancellationToken)).ConfigureAwait(false)).Members;
        var former = RepairChoice.Former(request, hosts, chosen, members);
        var target = chosen ?? RepairChoice.HostOf(request, hosts, former, unseen);
        asked.Dispose();

        var others = await ServingMembers.AskAsync(hosts.Where(host => host != target && !IsOf(host, former)), cancellationToken).ConfigureAwait(false);
        if (others.All.Count == 0) throw RepairRules.NobodyServes(request.HostName ?? request.MemberName ?? request.MemberId, [.. unseen, .. others.Silent]);
        var own = former is null
            ? null
            : (await ServingMembers.AskAsync(hosts.FirstOrDefault(host => IsOf(host, former)) ?? target, cancellationToken).ConfigureAwait(false)).Member;
        if (own is not null && own.Id != former!.ID) own = null;
        var alarms = (await others.Any.AskAsync(client => client.AlarmAsync(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, cancellationToken)).ConfigureAwait(false)).Alarms;
        var revision = others.All.Min(member => member.Status.Header.Revision);
        var hashes = await Task.WhenAll(others.All.Select(member => HashAsync(member, revision, cancellationToken))).ConfigureAwait(false);
        var ground = new RepairGround
        {
            Target = target,
            Others = others,
            Hosts = hosts,
            Members = members,
            Former = former,
            Own = own,
            Finding = null,
            OnOtherHosts = [],
            Alarms = alarms,
            Hashes = [.. others.All.Zip(hashes).Select(pair => (pair.First.Host.Shell.HostName, revision, pair.Second))],
        };
        return ground with
        {
            OnOtherHosts = await OnOtherHostsAsync(ground, cancellationToken).ConfigureAwait(false),
            Finding = await FindingAsync(ground, hashes[0], revision, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Others.Dispose();
        Own?.Connection.Tls?.Dispose();
    }

    private static bool IsOf(FoundHost host, Member? member) =>
        member is not null && MembershipChange.Find([member], host.Configuration.InitialAdvertisePeerUrls, formerId: 0) is not null;

    private static async Task<uint> HashAsync(ServingMember member, long revision, CancellationToken cancellationToken)
    {
        using var client = member.Connection.Open(member.Connection.Endpoints[0]);
        return (await client.HashKVAsync(revision, cancellationToken).ConfigureAwait(false)).Hash;
    }

    private static async Task<IReadOnlyList<Member>> OnOtherHostsAsync(RepairGround ground, CancellationToken cancellationToken)
    {
        var found = new List<Member>();
        foreach (var voter in ground.Down)
        {
            if (await AnswersAsync(ground.Others.All[0].Connection, voter, cancellationToken).ConfigureAwait(false)) found.Add(voter);
        }

        return found;
    }

    private static async Task<bool> AnswersAsync(EtcdConnection connection, Member member, CancellationToken cancellationToken)
    {
        foreach (var url in member.ClientURLs)
        {
            try
            {
                using var client = connection.Open(EtcdEndpoint.Parse(url));
                var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
                if (status.Header.MemberId == member.ID && status.Leader != 0) return true;
            }
            catch (ClusterHealException)
            {
                // It counts as silent, whatever the reason.
            }
        }

        return false;
    }

    /// <summary>What is wrong with the member; null if nothing is.</summary>
    /// <param name="ground">The state before.</param>
    /// <param name="hash">The others' hash.</param>
    /// <param name="revision">The revision of that hash.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<string?> FindingAsync(RepairGround ground, uint hash, long revision, CancellationToken cancellationToken)
    {
        if (ground.Former is not { } former) return "the cluster does not list it.";
        if (former.Name.Length == 0) return "it was added to the cluster and has never been started.";
        if (ground.Alarms.FirstOrDefault(alarm => alarm.MemberID == former.ID) is { } raised) return $"it has the alarm {raised.Alarm.ToString().ToUpperInvariant()}.";
        if (ground.Own is not { } own) return "it does not serve.";
        if (former.IsLearner) return "it is a learner, and has no vote.";
        try
        {
            var ownHash = await HashAsync(own, revision, cancellationToken).ConfigureAwait(false);
            return ownHash == hash ? null : string.Create(
                CultureInfo.InvariantCulture, $"its data differ from the others': hash {ownHash} at revision {revision}, where they have {hash}.");
        }
        catch (EtcdException e)
        {
            return $"its data cannot be compared: {e.Message}";
        }
    }
}
