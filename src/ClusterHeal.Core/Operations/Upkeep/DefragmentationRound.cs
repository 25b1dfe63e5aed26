using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Defragments members one after another: followers first, the leader last, after it has transferred the leadership. None is defragmented while another
/// one does not serve or lags.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="timeout">How long one member may take.</param>
/// <param name="journal">The journal of the operation.</param>
internal sealed class DefragmentationRound(UpkeepMembers members, TimeSpan timeout, OperationJournal journal)
{
    private readonly TimeProvider _time = journal.Time;

    // The previous member has caught up already, but there may be an election.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static EtcdMember[] InOrder(IEnumerable<EtcdMember> targets) =>
        [.. targets.OrderBy(member => member.IsLeader).ThenBy(member => member.Name, StringComparer.Ordinal)];

    /// <summary>What will be done, as sentences.</summary>
    /// <param name="ground">The members.</param>
    /// <param name="targets">Those to defragment, in order.</param>
    public static IEnumerable<string> Describe(UpkeepGround ground, IReadOnlyList<EtcdMember> targets)
    {
        foreach (var member in targets)
        {
            var sizes = $"{Size.Text(member.DbSize!.Value)}, of which {Size.Text(member.DbSizeInUse!.Value)} are in use";
            if (!member.IsLeader)
            {
                yield return $"Defragment {UpkeepGround.NameOf(member)} ({sizes}), and wait until it is in step.";
            }
            else if (ground.BestFollower is null)
            {
                yield return $"Defragment {UpkeepGround.NameOf(member)} ({sizes}). It is the only voter: the cluster serves nothing meanwhile.";
            }
            else
            {
                yield return $"Hand the leadership over from {UpkeepGround.NameOf(member)} to another member, defragment it ({sizes}), and wait until it is in step.";
            }
        }

        if (targets.Count > 0) yield return "A member does not serve while it is defragmented, and needs free disk space for a second copy of what is in use; nobody looked at its disk.";
    }

    /// <summary>Defragments members.</summary>
    /// <param name="targets">The members, in order.</param>
    /// <param name="log">Keeps the steps.</param>
    /// <param name="sink">Is told what continues on a server if the user gives up.</param>
    /// <param name="done">Called after each member.</param>
    /// <param name="cancellationToken">Ends it after the current member.</param>
    /// <exception cref="ClusterHealException">A member was not defragmented; the members after it were not changed.</exception>
    public async Task RunAsync(
        IReadOnlyList<EtcdMember> targets, StepLog log, IOperationSink sink, Action<EtcdDefragmentation> done, CancellationToken cancellationToken)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            var left = targets.Skip(i).ToArray();
            var member = await ReadyAsync(left, cancellationToken).ConfigureAwait(false);
            if (member.IsLeader) member = await HandOverAsync(left, log, cancellationToken).ConfigureAwait(false);
            await log.RunAsync($"Defragment {member.Name}", async () =>
            {
                journal.Note(null, $"defragment etcd member {member}");
                var result = await new MemberDefragmentation(members, timeout, _time).RunAsync(member, sink, cancellationToken).ConfigureAwait(false);
                done(result);
                return $"{Size.Text(result.DbSizeBefore)} before, {Size.Text(result.DbSize)} now";
            }).ConfigureAwait(false);
        }
    }

    private async Task<EtcdMember> HandOverAsync(EtcdMember[] left, StepLog log, CancellationToken cancellationToken)
    {
        var ground = await members.LookAsync(cancellationToken).ConfigureAwait(false);
        if (ground.Leader?.Id != left[0].Id || ground.BestFollower is not { } next) return await ReadyAsync(left, cancellationToken).ConfigureAwait(false);
        await log.RunAsync($"Hand over from {left[0].Name}", async () =>
        {
            journal.Note(null, $"hand the leadership of etcd over from {left[0]} to {next}");
            await new LeaderHandOver(members, _time).RunAsync(ground.Leader, next, cancellationToken).ConfigureAwait(false);
            return $"to {next.Name}";
        }).ConfigureAwait(false);
        return await ReadyAsync(left, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first of the remaining members, with its current state, once all members serve and have caught up.</summary>
    private async Task<EtcdMember> ReadyAsync(EtcdMember[] left, CancellationToken cancellationToken)
    {
        var ground = await members.WaitAsync(Patience, seen => seen.Fault is null, cancellationToken).ConfigureAwait(false);
        var fault = ground.Fault ?? (ground.Now(left[0]) is null ? $"{UpkeepGround.NameOf(left[0])} is no member any more." : null);
        if (fault is null) return ground.Now(left[0])!;
        throw new ClusterHealException(
            ErrorIds.UpkeepRefused,
            FaultCategory.NotReady,
            $"No member may be blocked now. {fault} Not defragmented: {string.Join(", ", left.Select(member => member.Name))}.",
            members.Cluster,
            "Bring all members back into step (Get-EtcdMember shows them); then the same command continues.");
    }
}
