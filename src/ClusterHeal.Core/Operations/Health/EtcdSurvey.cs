using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations;

/// <summary>What each of the members of etcd says by itself.</summary>
internal sealed record EtcdFacts
{
    /// <summary>The members, with the fault of each that does not answer.</summary>
    public required IReadOnlyList<EtcdMember> Members { get; init; }

    /// <summary>What each endpoint says about its cluster.</summary>
    public IReadOnlyList<EtcdView> Views { get; init; } = [];

    /// <summary>The hashes of all keys up to <see cref="HashRevision"/>.</summary>
    public IReadOnlyList<EtcdHash> Hashes { get; init; } = [];

    /// <summary>The revision of the hashes; 0 if there was none for a comparison.</summary>
    public long HashRevision { get; init; }

    /// <summary>The revision of each voter, from a read that a quorum confirms. Such a read shows at least what any member had reached before.</summary>
    public IReadOnlyList<EtcdReading> Readings { get; init; } = [];

    /// <summary>The highest revision that a voter had reached before the <see cref="Readings"/>.</summary>
    public long ReachedBefore { get; init; }

    /// <summary>Why no member could be asked for alarms, or null.</summary>
    public string? AlarmsUnseen { get; init; }

    /// <summary>The certificates that they show, and the client certificate; none if they were not asked for.</summary>
    public CertificateSightings Certificates { get; init; } = CertificateSightings.None;

    public IEnumerable<EtcdMember> Voters => Members.Where(m => !m.IsLearner);

    /// <summary>How many voters are needed.</summary>
    public int Quorum => (Voters.Count() / 2) + 1;

    /// <summary>Voters that answer reads which a quorum confirms.</summary>
    public int HealthyVoters => Voters.Count(IsServing);

    /// <summary>An alarm does not mean that a member does not answer.</summary>
    public static bool IsServing(EtcdMember member) => member.IsHealthy == true || (member.Latency is not null && member.Alarms.Length > 0);

    /// <summary>The name of a member, or its ID if it has not joined yet.</summary>
    public static string NameOf(EtcdMember member) => member.Name.Length > 0 ? member.Name : member.Id;
}

/// <summary>What one endpoint says about its cluster.</summary>
internal sealed record EtcdView(string Endpoint, string MemberId, string ClusterId, string Leader, long Term);

/// <summary>The hash of one member, or why it gave none.</summary>
internal sealed record EtcdHash(string Member, uint Hash, long CompactRevision, string? Obstacle = null);

/// <summary>The revision of one member.</summary>
internal sealed record EtcdReading(string Member, long Revision);

/// <summary>Asks all members of etcd: the named ones, and those that these list.</summary>
internal sealed class EtcdSurvey(EtcdConnection connection)
{
    /// <summary>Asks all members.</summary>
    /// <exception cref="ClusterHealException">No endpoint answers.</exception>
    public async Task<EtcdFacts> RunAsync(CancellationToken cancellationToken)
    {
        var sink = new GatheringSink();
        await new MemberQuery(connection).RunAsync(sink, cancellationToken).ConfigureAwait(false);
        var members = sink.Records.OfType<EtcdMember>().ToArray();
        if (members.Length == 0) throw sink.Faults[0];

        members = await Task.WhenAll(members.Select(m => WithQuotaAsync(m, cancellationToken))).ConfigureAwait(false);
        var answering = members.Where(m => m.Version is not null).ToArray();
        var endpoints = answering.SelectMany(m => EtcdEndpoint.ParseMany(m.Endpoint)).Concat(connection.Endpoints)
            .DistinctBy(e => e.ToString());
        var views = await Task.WhenAll(endpoints.Select(e => ViewAsync(e, cancellationToken))).ConfigureAwait(false);
        var facts = new EtcdFacts
        {
            Members = members,
            AlarmsUnseen = await WhyNoAlarmsAsync(answering, cancellationToken).ConfigureAwait(false),
            Views = [.. views.OfType<EtcdView>().DistinctBy(v => (v.MemberId, v.ClusterId))],
        };

        var voters = answering.Where(m => m is { IsLearner: false, Revision: > 0 }).ToArray();
        if (voters.Length < 2) return facts;
        var serving = voters.Where(EtcdFacts.IsServing);
        var readings = await Task.WhenAll(serving.Select(m => ReadAsync(m, cancellationToken))).ConfigureAwait(false);
        facts = facts with { Readings = [.. readings.OfType<EtcdReading>()], ReachedBefore = voters.Max(m => m.Revision!.Value) };

        // All have reached the lowest revision. If one of them has compacted it, it says so.
        var revision = voters.Min(m => m.Revision!.Value);
        var hashes = await HashesAsync().ConfigureAwait(false);
        // Members compact one after the other. A moment later all count from the same revision.
        if (hashes.DistinctBy(h => (h.Obstacle, h.CompactRevision)).Count() > 1) hashes = await HashesAsync().ConfigureAwait(false);
        return facts with { Hashes = hashes, HashRevision = revision };

        Task<EtcdHash[]> HashesAsync() => Task.WhenAll(voters.Select(m => HashAsync(m, revision, cancellationToken)));
    }

    /// <summary>The members have no alarms, too, if the user may not see these, or if no quorum confirms them.</summary>
    private async Task<string?> WhyNoAlarmsAsync(EtcdMember[] answering, CancellationToken cancellationToken)
    {
        if (answering.FirstOrDefault(m => !m.IsLearner) is not { } voter) return "No voter answers.";
        using var client = connection.Open(EtcdEndpoint.Parse(voter.Endpoint[0]));
        try
        {
            await client.AlarmAsync(new AlarmRequest(), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (EtcdException e)
        {
            return e.Message;
        }
    }

    private async Task<EtcdMember> WithQuotaAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        if (member.Version is null) return member;
        var quota = await QuotaQuery.FindAsync(connection, EtcdEndpoint.Parse(member.Endpoint[0]), cancellationToken).ConfigureAwait(false);
        return quota is null ? member : member with { DbSizeQuota = quota };
    }

    private async Task<EtcdReading?> ReadAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        using var client = connection.Open(EtcdEndpoint.Parse(member.Endpoint[0]));
        try
        {
            var read = new RangeRequest { Key = ByteString.CopyFromUtf8("health"), CountOnly = true };
            var answer = await client.RangeAsync(read, cancellationToken).ConfigureAwait(false);
            return new EtcdReading(EtcdFacts.NameOf(member), answer.Header.Revision);
        }
        catch (EtcdException)
        {
            return null; // This user may not read it, or the member has gone since; then the next test shows that.
        }
    }

    private async Task<EtcdView?> ViewAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = connection.Open(endpoint);
        try
        {
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            return new EtcdView(
                client.Endpoint.ToString(),
                EtcdId.Hex(status.Header.MemberId),
                EtcdId.Hex(status.Header.ClusterId),
                EtcdId.Hex(status.Leader),
                (long)status.RaftTerm);
        }
        catch (EtcdException)
        {
            return null; // The member's own result says that it does not answer.
        }
    }

    private async Task<EtcdHash> HashAsync(EtcdMember member, long revision, CancellationToken cancellationToken)
    {
        using var client = connection.Open(EtcdEndpoint.Parse(member.Endpoint[0]));
        try
        {
            var answer = await client.HashKVAsync(revision, cancellationToken).ConfigureAwait(false);
            return new EtcdHash(EtcdFacts.NameOf(member), answer.Hash, answer.CompactRevision);
        }
        catch (EtcdException e)
        {
            return new EtcdHash(EtcdFacts.NameOf(member), 0, 0, e.Message);
        }
    }
}
