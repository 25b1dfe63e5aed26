using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Defragments the members of an etcd cluster, or the named ones.</summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
/// <param name="request">What is wanted.</param>
/// <param name="journalFolder">The folder of the journal on this machine.</param>
/// <param name="time">The clock.</param>
public sealed class MemberOptimization(EtcdConnection connection, MemberOptimizationRequest request, string journalFolder, TimeProvider time)
{
    private readonly UpkeepMembers _members = new(connection, request.Cluster, time);

    /// <summary>Asks, defragments, and emits an <see cref="EtcdDefragmentation"/> after each member; only the plan if that is wanted.</summary>
    /// <param name="sink">Takes the results and progress. It is asked before.</param>
    /// <param name="cancellationToken">Ends it. A defragmentation that runs ends by itself.</param>
    /// <exception cref="ClusterHealException">It was refused, or a member was not defragmented; the members after it were not changed.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Defragmenting etcd of {request.Cluster}", sink, time);
        try
        {
            await _members.RequireOneClusterAsync(cancellationToken).ConfigureAwait(false);
            var ground = await _members.LookAsync(cancellationToken).ConfigureAwait(false);
            if (ground.Fault is { } fault) throw _members.Refused(fault, "Bring all members back into step first: Get-EtcdMember shows them.");
            await RefuseCorruptionAsync(ground, cancellationToken).ConfigureAwait(false);
            var targets = DefragmentationRound.InOrder(Choose(ground));
            var plan = Plan(ground, targets);
            var names = string.Join(", ", targets.Select(UpkeepGround.NameOf));
            if (!await sink.ConfirmAsync($"etcd {names} of cluster '{request.Cluster}'", string.Join(' ', plan.Steps), cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan);
                return;
            }

            var journal = new OperationJournal("Optimize-EtcdMember", journalFolder, time);
            await new DefragmentationRound(_members, request.Timeout, journal).RunAsync(targets, log, sink, sink.Emit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            log.Complete();
        }
    }

    private async Task RefuseCorruptionAsync(UpkeepGround ground, CancellationToken cancellationToken)
    {
        var alarms = await _members.AlarmsAsync(ground, cancellationToken).ConfigureAwait(false);
        if (alarms.All(alarm => alarm.Alarm != Etcdserverpb.AlarmType.Corrupt)) return;
        throw _members.Refused("The alarm CORRUPT is raised, so at least one member may have wrong data.", "Repair that member first (Repair-EtcdMember), and then Clear-EtcdAlarm.");
    }

    private IReadOnlyList<EtcdMember> Choose(UpkeepGround ground)
    {
        if (request.Members.Count == 0) return [.. ground.Voters];
        var chosen = new List<EtcdMember>();
        foreach (var wanted in request.Members)
        {
            var member = ground.Find(wanted) ?? throw _members.Refused($"The cluster has no member '{wanted}', or several of this name.", $"Its members are {ground.Listed}.");
            if (member.IsLearner) throw _members.Refused($"{UpkeepGround.NameOf(member)} is a learner, and etcd defragments none.", "Promote it first.");
            chosen.Add(member);
        }

        return [.. chosen.DistinctBy(member => member.Id)];
    }

    private EtcdDefragmentationPlan Plan(UpkeepGround ground, EtcdMember[] targets) => new()
    {
        Cluster = request.Cluster,
        Members = targets,
        Steps = [.. DefragmentationRound.Describe(ground, targets), .. OfAlarms(ground), .. OfLearners(ground)],
    };

    private static IEnumerable<string> OfAlarms(UpkeepGround ground) =>
        ground.Members.Any(member => member.Alarms.Length > 0) ? ["The alarm NOSPACE stays raised: Clear-EtcdAlarm compacts, defragments and clears it."] : [];

    private IEnumerable<string> OfLearners(UpkeepGround ground) => request.Members.Count > 0 ? [] : ground.Members.Where(member => member.IsLearner)
        .Select(member => $"{UpkeepGround.NameOf(member)} is a learner, and etcd defragments none.");
}
