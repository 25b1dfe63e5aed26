using System.Diagnostics;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Etcd.Members;

/// <summary>
/// Lists the members of a cluster, and asks each of them about itself, all at once. A member that does not answer is in the
/// result with its error.
/// </summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
public sealed class MemberQuery(EtcdConnection connection)
{
    private static readonly ByteString HealthKey = ByteString.CopyFromUtf8("health");

    /// <summary>Emits one <see cref="EtcdMember"/> for each member, in the order of their names.</summary>
    /// <param name="sink">Takes the members, a failure if no endpoint answers, and warnings.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(connection.Endpoints.Select(e => ListAsync(e, cancellationToken))).ConfigureAwait(false);
        var best = answers.OrderByDescending(a => a.Members is not null).ThenByDescending(a => a.ByQuorum).First();
        if (best.Members is null)
        {
            foreach (var answer in answers) sink.Fail(answer.Fault!);
            return;
        }

        if (!best.ByQuorum) sink.Warning($"No quorum confirms this list; it is what {best.Endpoint} knows. {best.Fault?.Message}");
        else if (best.Alarms is null) sink.Warning("Whether an alarm is raised is not known: only a user with the role root may see alarms.");
        var known = answers.Where(a => a.Members is not null).DistinctBy(a => a.MemberId).ToDictionary(a => a.MemberId, a => a.Endpoint);
        var members = await Task.WhenAll(
            best.Members.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => AskAsync(m, known, best.Alarms, cancellationToken)))
            .ConfigureAwait(false);
        foreach (var member in members) sink.Emit(member);
        WarnAboutEvenVoters(members, sink);
    }

    /// <summary>An even number of voters tolerates no more failures than one voter fewer, and has one more member that can fail.</summary>
    /// <param name="members">The members.</param>
    /// <param name="sink">Takes the warning.</param>
    internal static void WarnAboutEvenVoters(IReadOnlyCollection<EtcdMember> members, IOperationSink sink)
    {
        var voters = members.Count(m => !m.IsLearner);
        if (voters == 0 || voters % 2 != 0) return;
        sink.Warning(
            $"The cluster has {voters} voting members, an even number: it stands {(voters - 1) / 2} failures as {voters - 1} would, "
            + "and has one more member that can fail. Add or remove one.");
    }

    /// <summary>Asks one endpoint for the list: confirmed by a quorum if there is one, otherwise as this member knows it.</summary>
    private async Task<Answer> ListAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = connection.Open(endpoint);
        EtcdException? noQuorum = null;
        try
        {
            var list = await client.MemberListAsync(linearizable: true, cancellationToken).ConfigureAwait(false);
            return await WithAlarmsAsync(list, byQuorum: true).ConfigureAwait(false);
        }
        catch (EtcdException e) when (e.ErrorId is ErrorIds.EtcdTimeout or ErrorIds.EtcdNoLeader or ErrorIds.EtcdCallFailed)
        {
            noQuorum = e;
        }
        catch (EtcdException e)
        {
            return new Answer(client.Endpoint, Fault: e);
        }

        try
        {
            var list = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
            return await WithAlarmsAsync(list, byQuorum: false).ConfigureAwait(false);
        }
        catch (EtcdException)
        {
            return new Answer(client.Endpoint, Fault: noQuorum);
        }

        async Task<Answer> WithAlarmsAsync(MemberListResponse list, bool byQuorum)
        {
            var alarms = byQuorum ? await AlarmsAsync(client, cancellationToken).ConfigureAwait(false) : [];
            return new Answer(client.Endpoint, list.Header.MemberId, list.Members, byQuorum, alarms, noQuorum);
        }
    }

    private static async Task<IReadOnlyList<AlarmMember>?> AlarmsAsync(EtcdClient client, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.AlarmAsync(new AlarmRequest(), cancellationToken).ConfigureAwait(false)).Alarms;
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdPermissionDenied)
        {
            return null; // Only root may see the alarms; everybody may see the members.
        }
    }

    private async Task<EtcdMember> AskAsync(
        Member member,
        Dictionary<ulong, EtcdEndpoint> known,
        IEnumerable<AlarmMember>? alarms,
        CancellationToken cancellationToken)
    {
        var row = new EtcdMember
        {
            Id = EtcdId.Hex(member.ID),
            Name = member.Name,
            PeerUrls = [.. member.PeerURLs],
            ClientUrls = [.. member.ClientURLs],
            Endpoint = [.. member.ClientURLs],
            IsLearner = member.IsLearner,
            IsStarted = member.Name.Length > 0 && (member.ClientURLs.Count > 0 || known.ContainsKey(member.ID)),
            Alarms = [.. (alarms ?? []).Where(a => a.MemberID == member.ID).Select(a => a.Alarm.ToString().ToUpperInvariant())],
            IsHealthy = false,
            CaFile = connection.Access?.CaFile,
            CertFile = connection.Access?.CertFile,
            KeyFile = connection.Access?.KeyFile,
            HostName = connection.Access?.Host?.HostName,
            HostConnection = connection.Access?.Host,
        };
        if (member.Name.Length == 0) return row with { Error = "It has not joined yet." };
        if (!row.IsStarted) return row with { Error = "It has never been started: it has made no URL for clients known." };

        string? fault = null;
        foreach (var endpoint in known.TryGetValue(member.ID, out var given) ? [given] : AdvertisedEndpoints.Of(member, out fault))
        {
            row = await AskAsync(row, endpoint, cancellationToken).ConfigureAwait(false);
            if (row.Version is not null) return row;
        }

        return row with { Error = row.Error ?? fault };
    }

    private async Task<EtcdMember> AskAsync(EtcdMember row, EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = connection.Open(endpoint);
        try
        {
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            if (EtcdId.Hex(status.Header.MemberId) != row.Id) return row with { Error = AnotherAnswers(client.Endpoint, status.Header.MemberId) };
            row = WithStatus(row, client.Endpoint, status);
            var started = Stopwatch.GetTimestamp();
            var read = new RangeRequest { Key = HealthKey, CountOnly = true, Serializable = row.IsLearner };
            await client.RangeAsync(read, cancellationToken).ConfigureAwait(false);
            return WithHealth(row, Stopwatch.GetElapsedTime(started));
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdPermissionDenied)
        {
            return WithHealth(row, latency: null); // It answered, and only after it had asked the quorum who the user is.
        }
        catch (EtcdException e)
        {
            return row with { Error = e.Message };
        }
    }

    // All members may advertise the loopback of their own host. Reached from here, these are all one and the same member.
    private static string AnotherAnswers(EtcdEndpoint endpoint, ulong memberId) =>
        $"{endpoint} is what it advertises, and there the member {EtcdId.Hex(memberId)} answers. Name an endpoint of its own with -Endpoint.";

    private static EtcdMember WithStatus(EtcdMember row, EtcdEndpoint endpoint, StatusResponse status) => row with
    {
        Endpoint = [endpoint.ToString()],
        IsLeader = status.Leader == status.Header.MemberId,
        IsLearner = status.IsLearner,
        Version = status.Version,
        DbSize = status.DbSize,
        DbSizeInUse = status.DbSizeInUse,
        DbSizeQuota = status.DbSizeQuota > 0 ? status.DbSizeQuota : null,
        RaftTerm = (long)status.RaftTerm,
        RaftIndex = (long)status.RaftIndex,
        RaftAppliedIndex = (long)status.RaftAppliedIndex,
        Revision = status.Header.Revision,
    };

    private static EtcdMember WithHealth(EtcdMember row, TimeSpan? latency) => row with
    {
        Latency = latency,
        IsHealthy = row.Alarms.Length == 0,
        Error = row.Alarms.Length == 0 ? null : $"It has the alarm {string.Join(", ", row.Alarms)}.",
    };

    private sealed record Answer(
        EtcdEndpoint Endpoint,
        ulong MemberId = 0,
        IReadOnlyList<Member>? Members = null,
        bool ByQuorum = false,
        IReadOnlyList<AlarmMember>? Alarms = null,
        EtcdException? Fault = null);
}
