namespace ClusterHeal.Operations.Upkeep;

/// <summary>Transfers the leadership to a member, and waits until all members see it as the leader.</summary>
/// <param name="members">The members.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaderHandOver(UpkeepMembers members, TimeProvider time)
{
    // etcd itself needs an election timeout for this: five seconds with the largest one that people set for distant members.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Transfers the leadership.</summary>
    /// <param name="from">The leader.</param>
    /// <param name="to">The follower that will lead.</param>
    /// <param name="cancellationToken">Ends the wait; the leadership may move anyway.</param>
    /// <exception cref="ClusterHealException">Another member leads.</exception>
    public async Task<EtcdLeaderMove> RunAsync(EtcdMember from, EtcdMember to, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        EtcdException? refusal = null;
        try
        {
            using var client = members.Open(from);
            await client.MoveLeaderAsync(UpkeepGround.IdOf(to), cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdException e)
        {
            // The answer may be lost, or another member may have been quicker. What the members say counts.
            refusal = e;
        }

        var patience = refusal is null ? Patience : TimeSpan.Zero;
        var ground = await members.WaitAsync(patience, Leads, cancellationToken).ConfigureAwait(false);
        if (Leads(ground))
        {
            return new EtcdLeaderMove
            {
                Cluster = members.Cluster,
                From = from.Name,
                FromId = from.Id,
                To = to.Name,
                ToId = to.Id,
                RaftTerm = ground.Leader!.RaftTerm!.Value,
                Duration = time.GetElapsedTime(start),
            };
        }

        var leads = ground.Leader is { } leader ? $"{UpkeepGround.NameOf(leader)} leads now." : "No member is seen to lead.";
        throw new ClusterHealException(
            ErrorIds.LeaderNotMoved,
            FaultCategory.NotReady,
            $"The leadership of etcd was not handed over to {UpkeepGround.NameOf(to)}. {leads} {refusal?.Message}".TrimEnd(),
            to.Name,
            "Look with Get-EtcdMember; once all members are healthy, try again.",
            refusal);

        bool Leads(UpkeepGround seen) => seen.Leader?.Id == to.Id && seen.AgreesOnLeader;
    }
}
