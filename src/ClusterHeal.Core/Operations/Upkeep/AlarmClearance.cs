using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Clears the alarms of an etcd cluster after their cause is gone: NOSPACE by freeing space, CORRUPT if all voters have the same data. Checks
/// everything before it changes anything. docs/design/0019 has the reasons.
/// </summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
/// <param name="request">What is wanted.</param>
/// <param name="journalFolder">The folder of the journal on this machine.</param>
/// <param name="time">The clock.</param>
public sealed class AlarmClearance(EtcdConnection connection, AlarmClearanceRequest request, string journalFolder, TimeProvider time)
{
    private readonly UpkeepMembers _members = new(connection, request.Cluster, time);

    /// <summary>
    /// Clears, or continues an interrupted clearance. Emits the plan if only a plan is wanted, otherwise the report. If an alarm is left, an error
    /// follows the report.
    /// </summary>
    /// <param name="sink">Takes the plan or the report, progress and failures. It is asked before anything is changed.</param>
    /// <param name="cancellationToken">Ends it between two steps. A defragmentation that runs ends by itself.</param>
    /// <exception cref="ClusterHealException">It was refused. Nothing was changed.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Clearing the alarms of etcd of {request.Cluster}", sink, time);
        try
        {
            var (ground, alarms) = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (alarms.Count == 0)
            {
                sink.Emit(new EtcdAlarmReport
                {
                    Cluster = request.Cluster,
                    Alarms = [],
                    Outcome = EtcdAlarmOutcome.NothingRaised,
                    StartedAt = log.StartedAt,
                    Duration = log.Elapsed,
                });
                return;
            }

            if (alarms.Any(alarm => alarm.Alarm == AlarmType.Corrupt))
            {
                await log.RunAsync("Compare the data", async () => (string?)await EqualData.ProveAsync(_members, request.Timeout, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }

            SpacePlan? space = null;
            if (alarms.Any(alarm => alarm.Alarm == AlarmType.Nospace))
            {
                await log.RunAsync("Find what fills it", async () =>
                {
                    space = await new SpacePlanner(_members, request, sink).PlanAsync(ground, cancellationToken).ConfigureAwait(false);
                    return space.IsNeeded ? space.Biggest : "nothing: the databases are below their quotas";
                }).ConfigureAwait(false);
            }

            var steps = new AlarmClearanceSteps(_members, ground, alarms, space, request, log, sink);
            var plan = steps.Plan();
            if (!await sink.ConfirmAsync($"etcd of cluster '{request.Cluster}'", string.Join(' ', plan.Steps), cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan);
                return;
            }

            var report = await steps.RunAsync(new OperationJournal("Clear-EtcdAlarm", journalFolder, time), cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotCleared(report));
        }
        finally
        {
            log.Complete();
        }
    }

    private async Task<(UpkeepGround Ground, IReadOnlyList<AlarmMember> Alarms)> LookAsync(CancellationToken cancellationToken)
    {
        await _members.RequireOneClusterAsync(cancellationToken).ConfigureAwait(false);
        var ground = await _members.LookAsync(cancellationToken).ConfigureAwait(false);
        if (ground.Fault is { } fault) throw _members.Refused(fault, "Bring all members back into step first: Get-EtcdMember shows them.");
        return (ground, await _members.AlarmsAsync(ground, cancellationToken).ConfigureAwait(false));
    }

    private static ClusterHealException NotCleared(EtcdAlarmReport report) => new(
        ErrorIds.AlarmNotCleared,
        report.Outcome == EtcdAlarmOutcome.Unfinished ? FaultCategory.NotReady : FaultCategory.ResourceExhausted,
        $"The alarm is not cleared ({string.Join(", ", report.Alarms)}). {report.Reason}",
        report.Cluster,
        report.Outcome == EtcdAlarmOutcome.Unfinished
            ? "Fix what is named; the same command then continues."
            : "Stop what writes so much, delete objects of the largest kinds, or raise --quota-backend-bytes on each member; then the same command continues.");
}
