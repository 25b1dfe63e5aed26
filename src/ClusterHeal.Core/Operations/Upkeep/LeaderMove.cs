using ClusterHeal.Etcd;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Moves the leadership of an etcd cluster to the member that the user names, or to the best one.</summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
/// <param name="cluster">The user's name for the cluster.</param>
/// <param name="to">The name or ID of the member that will lead; null for the best follower.</param>
/// <param name="time">The clock.</param>
public sealed class LeaderMove(EtcdConnection connection, string cluster, string? to, TimeProvider time)
{
    private readonly UpkeepMembers _members = new(connection, cluster, time);

    /// <summary>Asks, moves, and emits an <see cref="EtcdLeaderMove"/>, even if the member leads already.</summary>
    /// <param name="sink">Takes the result. It is asked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ClusterHealException">It was refused, or another member leads.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        await _members.RequireOneClusterAsync(cancellationToken).ConfigureAwait(false);
        var ground = await _members.LookAsync(cancellationToken).ConfigureAwait(false);
        var leader = ground.Leader ?? throw _members.Refused("No member is seen to lead etcd.", "Look with Get-EtcdMember: at least a quorum has to serve.");
        var next = Choose(ground);
        if (next.Id == leader.Id)
        {
            sink.Verbose($"{UpkeepGround.NameOf(leader)} leads already.");
            sink.Emit(new EtcdLeaderMove
            {
                Cluster = cluster, From = leader.Name, FromId = leader.Id, To = leader.Name, ToId = leader.Id, RaftTerm = leader.RaftTerm!.Value, Duration = TimeSpan.Zero,
            });
            return;
        }

        var action = $"Hand the leadership over from {UpkeepGround.NameOf(leader)} to {UpkeepGround.NameOf(next)}";
        if (!await sink.ConfirmAsync($"etcd of cluster '{cluster}'", action, cancellationToken).ConfigureAwait(false)) return;
        sink.Emit(await new LeaderHandOver(_members, time).RunAsync(leader, next, cancellationToken).ConfigureAwait(false));
    }

    private EtcdMember Choose(UpkeepGround ground)
    {
        if (to is null)
        {
            return ground.BestFollower ?? throw _members.Refused("No other voter serves that could lead.", "Look with Get-EtcdMember, and bring a member back.");
        }

        var next = ground.Find(to) ?? throw _members.Refused($"The cluster has no member '{to}', or several of this name.", $"Its members are {ground.Listed}.");
        if (next.IsLearner) throw _members.Refused($"{UpkeepGround.NameOf(next)} is a learner, which cannot lead.", "Name a voter.");
        if (EtcdFacts.IsServing(next)) return next;
        throw _members.Refused($"{UpkeepGround.NameOf(next)} does not serve: {next.Error}", "Bring it back first, or name another member.");
    }
}
