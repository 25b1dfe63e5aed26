using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>The members of an etcd cluster in maintenance: asks them, waits until all have caught up, and opens a connection to one.</summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
/// <param name="cluster">The user's name for the cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class UpkeepMembers(EtcdConnection connection, string cluster, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The user's name for the cluster.</summary>
    public string Cluster => cluster;

    public EtcdConnection Connection => connection;

    /// <summary>A client of one member.</summary>
    /// <param name="member">The member; it answered.</param>
    /// <param name="timeout">How long a call may take; null for the usual time.</param>
    public EtcdClient Open(EtcdMember member, TimeSpan? timeout = null) =>
        (timeout is { } longer ? connection with { CallTimeout = longer } : connection).Open(EndpointOf(member));

    public static EtcdEndpoint EndpointOf(EtcdMember member) => EtcdEndpoint.Parse(member.Endpoint[0]);

    /// <summary>Asks all members about themselves.</summary>
    /// <exception cref="ClusterHealException">No endpoint answers, or the endpoints are of several clusters.</exception>
    public async Task<UpkeepGround> LookAsync(CancellationToken cancellationToken)
    {
        var sink = new GatheringSink();
        await new MemberQuery(connection).RunAsync(sink, cancellationToken).ConfigureAwait(false);
        var members = sink.Records.OfType<EtcdMember>().ToArray();
        return members.Length > 0 ? new UpkeepGround(members) : throw sink.Faults[0];
    }

    /// <summary>Makes sure that the given endpoints are of one cluster. Otherwise the change could be in one, and the safety check in the other.</summary>
    /// <exception cref="ClusterHealException">They are not.</exception>
    public async Task RequireOneClusterAsync(CancellationToken cancellationToken)
    {
        var ids = (await Task.WhenAll(connection.Endpoints.Select(ClusterIdAsync)).ConfigureAwait(false)).OfType<ulong>().Distinct().ToArray();
        if (ids.Length <= 1) return;
        throw Refused($"The endpoints are of {ids.Length} different clusters.", "Give the endpoints of one cluster.");

        async Task<ulong?> ClusterIdAsync(EtcdEndpoint endpoint)
        {
            try
            {
                using var client = connection.Open(endpoint);
                return (await client.StatusAsync(cancellationToken).ConfigureAwait(false)).Header.ClusterId;
            }
            catch (EtcdException)
            {
                return null; // A member that is down is visible in the list of members.
            }
        }
    }

    /// <summary>Asks until a condition holds.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="isSo">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last state, in which it may not hold.</returns>
    /// <exception cref="ClusterHealException">At the end no endpoint answered.</exception>
    // Perhaps the only member does not answer yet.
    public Task<UpkeepGround> WaitAsync(TimeSpan patience, Func<UpkeepGround, bool> isSo, CancellationToken cancellationToken) =>
        new Waiting(time, patience, Pause).UntilAsync(LookAsync, isSo, e => e is ClusterHealException, cancellationToken);

    /// <summary>The alarms that are raised.</summary>
    /// <param name="ground">The members.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="EtcdException">They cannot be seen.</exception>
    public async Task<IReadOnlyList<AlarmMember>> AlarmsAsync(UpkeepGround ground, CancellationToken cancellationToken)
    {
        using var client = Open(ground.Voters.First(EtcdFacts.IsServing));
        var get = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get };
        return (await client.AlarmAsync(get, cancellationToken).ConfigureAwait(false)).Alarms;
    }

    /// <summary>A refusal.</summary>
    /// <param name="why">Why, as sentences.</param>
    /// <param name="remedy">What to do.</param>
    public ClusterHealException Refused(string why, string remedy) =>
        new(ErrorIds.UpkeepRefused, FaultCategory.InvalidOperation, $"{why} Nothing was touched.", cluster, remedy);
}
