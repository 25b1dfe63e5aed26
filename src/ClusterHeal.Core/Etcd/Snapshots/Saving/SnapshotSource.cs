using Etcdserverpb;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>A member that can be asked for a snapshot, and how well it suits.</summary>
/// <param name="Endpoint">Where it is reached.</param>
/// <param name="Status">What it says of itself.</param>
/// <param name="Alarms">Its alarms.</param>
/// <param name="AlarmsUnseen">Why its alarms are not known, or null.</param>
internal sealed record SnapshotSource(EtcdEndpoint Endpoint, StatusResponse Status, IReadOnlyList<AlarmType> Alarms, string? AlarmsUnseen = null)
{
    /// <summary>A member that is so many applied entries behind is still level with the others: a few are always on their way.</summary>
    private const ulong LevelLag = 1000;

    /// <summary>True for the leader, which has the most work.</summary>
    public bool IsLeader => Status.Leader == Status.Header.MemberId;

    /// <summary>
    /// Asks all endpoints at once and sorts the suitable members: without an alarm first, then those that are level with the others, then followers.
    /// A learner may lag without limit, and a member that reports corruption is no source.
    /// </summary>
    /// <param name="connection">The endpoints.</param>
    /// <param name="refused">Told of each endpoint that is left out.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<IReadOnlyList<SnapshotSource>> FindAsync(
        EtcdConnection connection, Action<ClusterHealException> refused, CancellationToken cancellationToken)
    {
        var asking = connection.Endpoints.Select(endpoint => AskAsync(connection, endpoint, cancellationToken));
        var answers = await Task.WhenAll(asking).ConfigureAwait(false);
        foreach (var (_, fault) in answers.Where(a => a.Fault is not null)) refused(fault!);
        var sources = answers.Select(a => a.Source).OfType<SnapshotSource>().ToList();
        var highest = sources.Count > 0 ? sources.Max(s => s.Status.RaftAppliedIndex) : 0;
        return
        [
            .. sources
                .DistinctBy(s => s.Status.Header.MemberId)
                .OrderBy(s => s.Alarms.Count > 0)
                .ThenBy(s => highest - s.Status.RaftAppliedIndex > LevelLag)
                .ThenBy(s => s.IsLeader),
        ];
    }

    /// <summary>The endpoint, the member's version and role.</summary>
    public override string ToString() => $"{Endpoint} (etcd {Status.Version}, {(IsLeader ? "leader" : "follower")})";

    private static async Task<(SnapshotSource? Source, EtcdException? Fault)> AskAsync(
        EtcdConnection connection, EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = connection.Open(endpoint);
        try
        {
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            if (status.IsLearner) return (null, Learner(client.Endpoint));
            var (alarms, unseen) = await AlarmsAsync(client, status.Header.MemberId, cancellationToken).ConfigureAwait(false);
            return alarms.Contains(AlarmType.Corrupt)
                ? (null, EtcdFault.From(client.Endpoint, "Maintenance/Alarm", GrpcStatusCode.DataLoss, "alarm CORRUPT"))
                : (new SnapshotSource(client.Endpoint, status, alarms, unseen), null);
        }
        catch (EtcdException e)
        {
            return (null, e);
        }
    }

    /// <summary>Alarms need the quorum. Without one, or without the right to read them, a snapshot can still be saved.</summary>
    private static async Task<(IReadOnlyList<AlarmType> Alarms, string? Unseen)> AlarmsAsync(
        EtcdClient client, ulong memberId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.AlarmAsync(new AlarmRequest(), cancellationToken).ConfigureAwait(false);
            return ([.. answer.Alarms.Where(a => a.MemberID == memberId).Select(a => a.Alarm)], null);
        }
        catch (EtcdException e)
        {
            return ([], e.Message);
        }
    }

    private static EtcdException Learner(EtcdEndpoint endpoint) => new(
        ErrorIds.EtcdLearner,
        FaultCategory.NotReady,
        $"{endpoint} is a learner: it may lag behind the cluster, so no snapshot is taken from it.",
        endpoint,
        GrpcStatusCode.FailedPrecondition,
        "Ask a voting member; Get-EtcdMember lists them.");
}
