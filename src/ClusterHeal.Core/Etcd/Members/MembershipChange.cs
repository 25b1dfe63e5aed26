using ClusterHeal.Common;
using ClusterHeal.Etcd.Snapshots;
using Etcdserverpb;

namespace ClusterHeal.Etcd.Members;

/// <summary>
/// Changes the members of a cluster. Each change may be repeated, also by another process after this one died: the list shows what was already done.
/// etcd refuses a change while members are not connected (<c>--strict-reconfig-check</c>), so this waits for the connections.
/// </summary>
/// <param name="members">The members that serve.</param>
/// <param name="time">The clock.</param>
internal sealed class MembershipChange(AnyMember members, TimeProvider time)
{
    // etcd demands that all connections between members are five seconds old. An election may come on top.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The members now, as a quorum confirms them (since etcd 3.5).</summary>
    public async Task<IReadOnlyList<Member>> ListAsync(CancellationToken cancellationToken) =>
        (await members.AskAsync(client => client.MemberListAsync(linearizable: true, cancellationToken)).ConfigureAwait(false)).Members;

    /// <summary>Removes a member. It is no error if the member is not in the list.</summary>
    /// <exception cref="EtcdException">etcd refuses, or could not do it in time.</exception>
    public Task RemoveAsync(ulong id, CancellationToken cancellationToken) => RetryAsync(
        async () =>
        {
            if ((await ListAsync(cancellationToken).ConfigureAwait(false)).All(member => member.ID != id)) return id;
            await members.AskAsync(client => client.MemberRemoveAsync(id, cancellationToken)).ConfigureAwait(false);
            return id;
        },
        cancellationToken);

    /// <summary>Adds a member, unless one with its URLs is in the list already.</summary>
    /// <param name="peerUrls">Where the others reach it.</param>
    /// <param name="isLearner">True for one without a vote.</param>
    /// <param name="formerId">The member that it replaces. A member that lags may still list it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EtcdException">etcd refuses, or could not do it in time.</exception>
    public Task<Member> AddAsync(IReadOnlyCollection<string> peerUrls, bool isLearner, ulong formerId, CancellationToken cancellationToken) => RetryAsync(
        async () =>
        {
            var listed = Find(await ListAsync(cancellationToken).ConfigureAwait(false), peerUrls, formerId);
            return listed ?? (await members.AskAsync(client => client.MemberAddAsync(peerUrls, isLearner, cancellationToken)).ConfigureAwait(false)).Member;
        },
        cancellationToken);

    /// <summary>The member with one of some URLs, or null.</summary>
    /// <param name="list">The members.</param>
    /// <param name="peerUrls">The URLs.</param>
    /// <param name="formerId">A member to ignore.</param>
    public static Member? Find(IEnumerable<Member> list, IEnumerable<string> peerUrls, ulong formerId)
    {
        var wanted = peerUrls.Select(PeerUrl.Normalize).ToHashSet(StringComparer.Ordinal);
        return list.FirstOrDefault(member => member.ID != formerId && member.PeerURLs.Any(url => wanted.Contains(PeerUrl.Normalize(url))));
    }

    /// <summary>Asks that a learner gets its vote.</summary>
    /// <returns>Null once it is a voter, otherwise why it is none yet.</returns>
    /// <exception cref="EtcdException">It is no member any more.</exception>
    public async Task<string?> TryPromoteAsync(ulong id, CancellationToken cancellationToken)
    {
        try
        {
            await members.AskAsync(client => client.MemberPromoteAsync(id, cancellationToken)).ConfigureAwait(false);
            return null;
        }
        catch (EtcdException e)
        {
            // An earlier call may have done it, though its answer never arrived.
            var listed = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (listed.Known && listed.Member is null) throw;
            return listed.Member is { IsLearner: false } ? null : e.Message;
        }
    }

    /// <summary>The highest index of the log that a member has.</summary>
    public async Task<ulong> LogIndexAsync(CancellationToken cancellationToken) =>
        (await members.AskAsync(client => client.StatusAsync(cancellationToken)).ConfigureAwait(false)).RaftIndex;

    /// <summary>Clears the alarms that name a member.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAlarmsAsync(ulong memberId, CancellationToken cancellationToken)
    {
        var get = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get };
        var raised = (await members.AskAsync(client => client.AlarmAsync(get, cancellationToken)).ConfigureAwait(false)).Alarms;
        var own = raised.Where(alarm => alarm.MemberID == memberId).ToArray();
        foreach (var alarm in own)
        {
            var clear = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, MemberID = memberId, Alarm = alarm.Alarm };
            await members.AskAsync(client => client.AlarmAsync(clear, cancellationToken)).ConfigureAwait(false);
        }

        return own.Length;
    }

    private async Task<(bool Known, Member? Member)> FindAsync(ulong id, CancellationToken cancellationToken)
    {
        try
        {
            return (true, (await ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(member => member.ID == id));
        }
        catch (EtcdException)
        {
            return (false, null);
        }
    }

    private Task<T> RetryAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken) =>
        new Waiting(time, Patience, Pause).RetryAsync(_ => change(), e => e is EtcdException fault && AnyMember.IsPassing(fault), cancellationToken);
}
