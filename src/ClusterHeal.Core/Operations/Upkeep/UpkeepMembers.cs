using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>The members of an etcd cluster that is looked after: asks them, waits until all are in step, and opens the way to one.</summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
/// <param name="cluster">The cluster, as the user calls it.</param>
/// <param name="time">The clock.</param>
internal sealed class UpkeepMembers(EtcdConnection connection, string cluster, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The cluster, as the user calls it.</summary>
    public string Cluster => cluster;

    /// <summary>The way to the members.</summary>
    public EtcdConnection Connection => connection;

    /// <summary>A client of one member.</summary>
    /// <param name="member">The member; it answered.</param>
    /// <param name="timeout">How long a call may take; null for the usual time.</param>
    public EtcdClient Open(EtcdMember member, TimeSpan? timeout = null) =>
        (timeout is { } longer ? connection with { CallTimeout = longer } : connection).Open(EndpointOf(member));

    /// <summary>Where a member is asked.</summary>
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

    /// <summary>Makes sure that the endpoints that were given are of one cluster: a change would be of one, and the guard look at the other.</summary>
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
                return null; // A member that is down is seen in the list of members.
            }
        }
    }

    /// <summary>Asks again and again until something is so.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was seen last; it may not be so.</returns>
    /// <exception cref="ClusterHealException">At the end no endpoint answered.</exception>
    // The only member, perhaps, does not answer yet.
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

    /// <summary>The refusal.</summary>
    /// <param name="why">Why, as sentences.</param>
    /// <param name="remedy">What to do.</param>
    public ClusterHealException Refused(string why, string remedy) =>
        new(ErrorIds.UpkeepRefused, FaultCategory.InvalidOperation, $"{why} Nothing was touched.", cluster, remedy);
}
