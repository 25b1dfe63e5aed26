using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// Repairs one member of etcd: it is removed, added again without data, and gets everything from the others. Before it stops anything, it checks
/// everything and saves a snapshot. docs/design/0017 has the reasons.
/// </summary>
public sealed class MemberRepair : IAsyncDisposable
{
    private const string Operation = "Repair-EtcdMember";

    private readonly MemberRepairRequest _request;
    private readonly string _journalFolder;
    private readonly TimeProvider _time;
    private readonly OperationJournal _journal;
    private readonly RepairHosts _hosts;

    /// <summary>Prepares a repair. Nothing is asked and nothing is changed.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="journalFolder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    public MemberRepair(MemberRepairRequest request, string journalFolder, TimeProvider time)
    {
        if (request.HealAfter <= TimeSpan.Zero)
        {
            throw RepairRules.Refused(
                request.Cluster,
                "Without a time after which the host recovers by itself, nothing would if this machine died.",
                "Give -For a time, such as 15m.");
        }

        _request = request;
        _journalFolder = journalFolder;
        _time = time;
        _journal = request.Journal ?? new OperationJournal(Operation, journalFolder, time);
        _hosts = new RepairHosts(request.Hosts, request.OpenShell);
    }

    /// <summary>
    /// Repairs, or continues an interrupted repair. Emits the plan if only a plan is wanted, otherwise the report. If the member is not repaired, an
    /// error follows the report.
    /// </summary>
    /// <param name="sink">Takes the plan or the report, progress and failures. It is asked before anything is stopped.</param>
    /// <param name="cancellationToken">Ends it. Before the old member is removed, everything is put back.</param>
    /// <exception cref="ClusterHealException">It was refused, or failed before anything was stopped.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Repairing etcd of {_request.Cluster}", sink, _time);
        try
        {
            var former = await FindInterruptedAsync(cancellationToken).ConfigureAwait(false);
            var report = former is { IsForward: true } || IsOwn(former)
                ? await GoOnAsync(former!, log, sink, cancellationToken).ConfigureAwait(false)
                : await RepairAsync(former, async (steps, leader) => await steps.RunAsync(leader, cancellationToken).ConfigureAwait(false), log, sink, cancellationToken).ConfigureAwait(false);
            if (report is null) return;
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotRepaired(report));
        }
        finally
        {
            log.Complete();
        }
    }

    /// <summary>
    /// A part of a drill: saves the snapshot, stops the member, moves its data aside, and stops there. <see cref="RunAsync"/> continues, and
    /// <see cref="EndAsync"/> reverts it. If nobody comes back, the host itself reverts it.
    /// </summary>
    /// <param name="sink">Takes progress. It confirms the plan.</param>
    /// <param name="cancellationToken">Ends it, and everything is put back.</param>
    /// <exception cref="ClusterHealException">It was refused, or failed. Everything is as before.</exception>
    internal async Task LoseAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Losing a member of etcd of {_request.Cluster}", sink, _time);
        try
        {
            var putBack = await RepairAsync(
                interrupted: null, (steps, leader) => steps.LoseAsync(leader, cancellationToken), log, sink, cancellationToken).ConfigureAwait(false);
            if (putBack is not null) throw NotRepaired(putBack);
        }
        finally
        {
            log.Complete();
        }
    }

    /// <summary>A part of a drill: ends what it began. The member is as before, or, if the old one may already be removed, it is repaired.</summary>
    /// <param name="sink">Takes progress.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <returns>What was done, or null if there was nothing to end.</returns>
    /// <exception cref="ClusterHealException">It was not ended.</exception>
    internal async Task<string?> EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Ending the repair of etcd of {_request.Cluster}", sink, _time);
        try
        {
            // By its ID: the user who ends it may use another name for the host.
            var found = await _hosts.FindRepairsAsync(cancellationToken).ConfigureAwait(false);
            if (found.FirstOrDefault(repair => !repair.IsFinished && IsOwn(repair)) is not { } own) return null;
            if (!own.IsForward)
            {
                await SettleAsync(own, log, sink, cancellationToken).ConfigureAwait(false);
                return $"etcd on {own.Shell.HostName} has its data and settings from before";
            }

            var report = await GoOnAsync(own, log, sink, cancellationToken).ConfigureAwait(false);
            return report is null or { Succeeded: true } ? $"the repair of the etcd member on {own.Shell.HostName} is ended" : throw NotRepaired(report);
        }
        finally
        {
            log.Complete();
        }
    }

    /// <summary>Ends the connections.</summary>
    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    // A part of an operation may find what an earlier part of the same operation began.
    private bool IsOwn(FormerRepair? repair) => repair?.Record.OperationId == _journal.OperationId;

    private HostLocks NewLocks() => new(arePart: _request.Journal is not null);

    private async Task<FormerRepair?> FindInterruptedAsync(CancellationToken cancellationToken)
    {
        var found = await _hosts.FindRepairsAsync(cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault(repair => !repair.IsFinished && IsMeant(repair));
    }

    private bool IsMeant(FormerRepair repair)
    {
        if (_request.HostName is null) return _request.Means(repair.Record.FormerId, repair.Record.FormerName, repair.Record.Configuration.Name);
        return HostNames.AreSame(repair.Shell.HostName, _request.ToHostName ?? _request.HostName);
    }

    private async Task<MemberRepairReport?> RepairAsync(
        FormerRepair? interrupted,
        Func<RepairSteps, ServingMember?, Task<MemberRepairReport?>> applyAsync,
        StepLog log,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        SnapshotTarget.Check(new SnapshotSaveOptions { Path = RepairPlanner.SnapshotPath(_request, _journal.OperationId) });
        if (interrupted is not null && !await SettleAsync(interrupted, log, sink, cancellationToken).ConfigureAwait(false)) return null;
        RepairGround? ground = null;
        RepairSettings? settings = null;
        try
        {
            await log.RunAsync("Look at the cluster", async () =>
            {
                ground = await _hosts.LookAsync(_request, cancellationToken).ConfigureAwait(false);
                var certificates = await PeerCertificates.FindFaultsAsync(ground.Target, ground.Others.All[0].Host, _time, cancellationToken).ConfigureAwait(false);
                RepairRules.Check(ground, _request, certificates);
                settings = await RepairSettings.FindAsync(
                    ground.Target.Shell, ground.Target.Etcd, ground.InitialCluster, _journal.OperationId, cancellationToken).ConfigureAwait(false);
                return $"{ground.Others.All.Count} other members serve; {ground.Finding}";
            }).ConfigureAwait(false);
            var plan = RepairPlanner.Plan(ground!, settings!, _journal.OperationId, _request);
            if (await sink.ConfirmAsync(RepairPlanner.TargetOf(plan), string.Join(' ', plan.Steps), cancellationToken).ConfigureAwait(false))
            {
                return await ApplyAsync(ground!, settings!, plan, applyAsync, log, sink, cancellationToken).ConfigureAwait(false);
            }

            sink.Emit(plan);
            return null;
        }
        finally
        {
            ground?.Dispose();
        }
    }

    private async Task<MemberRepairReport?> ApplyAsync(
        RepairGround ground,
        RepairSettings settings,
        MemberRepairPlan plan,
        Func<RepairSteps, ServingMember?, Task<MemberRepairReport?>> applyAsync,
        StepLog log,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        var locks = NewLocks();
        await using var unlock = locks.ConfigureAwait(false);
        await log.RunAsync("Lock the hosts", async () =>
        {
            await locks.TakeAsync(ground.Hosts.Select(host => host.Shell), _journal, _request.Force, cancellationToken).ConfigureAwait(false);
            await RequireUnchangedAsync(ground, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await log.RunAsync("Save a snapshot", async () =>
        {
            var (saved, from) = await LastSnapshot.SaveAsync(ground.Others.Hosts, plan.SnapshotPath, sink, _time, cancellationToken).ConfigureAwait(false);
            return $"'{saved.Path}' from {from}";
        }).ConfigureAwait(false);

        var record = new RepairRecord
        {
            OperationId = _journal.OperationId,
            Cluster = _request.Cluster,
            Operator = _journal.Operator,
            StartedAt = _time.GetUtcNow(),
            HostName = plan.HostName,
            FormerName = ground.Former?.Name,
            FormerId = ground.Former?.ID ?? 0,
            Voters = ground.OtherVoters.Count + 1,
            ClusterId = EtcdId.Hex(ground.Others.All[0].Status.Header.ClusterId),
            AsLearner = plan.AsLearner,
            SnapshotPath = plan.SnapshotPath,
            SettingsPath = settings.Path,
            Etcd = ground.Target.Etcd,
            Configuration = ground.Target.Configuration,
        };
        var host = new RepairHost(ground.Target.Shell, _journal, record);
        await log.RunAsync("Prepare the host", () => host.InstallAsync(settings, cancellationToken)).ConfigureAwait(false);
        var steps = new RepairSteps(record, ground.Target.Shell, _journal, ground.Others, _request.HealAfter, _request.CatchUpPatience, log);
        return await applyAsync(steps, ground.IsLeader ? ground.Own : null).ConfigureAwait(false);
    }

    // If two operators plan at once, the locks let only one continue. The other one then finds a changed cluster.
    private static async Task RequireUnchangedAsync(RepairGround ground, CancellationToken cancellationToken)
    {
        var now = (await ground.Others.Any.AskAsync(client => client.MemberListAsync(linearizable: true, cancellationToken)).ConfigureAwait(false)).Members;
        var repairs = await RepairRecord.FindAsync(ground.Target.Shell, cancellationToken).ConfigureAwait(false);
        if (repairs.All(repair => repair.IsFinished) && now.Select(member => member.ID).ToHashSet().SetEquals(ground.Members.Select(member => member.ID))) return;
        throw RepairRules.Refused(
            ground.Target.Shell.HostName,
            "Another operator changed the members in the meantime, so the plan is out of date.",
            "Look with Get-EtcdMember, and plan again.");
    }

    /// <summary>Reverts a repair that has not removed the old member.</summary>
    private async Task<bool> SettleAsync(FormerRepair interrupted, StepLog log, IOperationSink sink, CancellationToken cancellationToken)
    {
        const string Action = "Put back what was on the host before it, and begin again";
        if (!await sink.ConfirmAsync(interrupted.ToString(), Action, cancellationToken).ConfigureAwait(false)) return false;
        var journal = JournalOf(interrupted);
        var locks = NewLocks();
        await using var unlock = locks.ConfigureAwait(false);
        await locks.TakeAsync(_hosts.Answering, journal, _request.Force, cancellationToken).ConfigureAwait(false);
        var host = new RepairHost(interrupted.Shell, journal, interrupted.Record);
        await log.RunAsync($"Take the interrupted repair {interrupted.Record.OperationId} back", async () =>
        {
            await host.HealAsync(cancellationToken).ConfigureAwait(false);
            await host.BeginAsync(_request.HealAfter, cancellationToken).ConfigureAwait(false);
            await host.CloseAsync(MemberRepairOutcome.Undone, cancellationToken).ConfigureAwait(false);
            await host.DisarmAsync(cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return true;
    }

    private async Task<MemberRepairReport?> GoOnAsync(FormerRepair interrupted, StepLog log, IOperationSink sink, CancellationToken cancellationToken)
    {
        const string Action =
            "Go on with it: remove the old member if it is still listed, add the new one, start it, wait until it has caught up, promote and prove it";
        if (!await sink.ConfirmAsync(interrupted.ToString(), Action, cancellationToken).ConfigureAwait(false)) return null;
        var journal = JournalOf(interrupted);
        using var others = await _hosts.OthersAsync(interrupted, log, cancellationToken).ConfigureAwait(false);
        var locks = NewLocks();
        await using var unlock = locks.ConfigureAwait(false);
        await log.RunAsync("Lock the hosts", () => locks.TakeAsync(
            others.All.Select(member => member.Host.Shell).Append(interrupted.Shell), journal, _request.Force, cancellationToken)).ConfigureAwait(false);
        var steps = new RepairSteps(interrupted.Record, interrupted.Shell, journal, others, _request.HealAfter, _request.CatchUpPatience, log);
        // The first half of such a repair is done again if it is no longer in place.
        return interrupted.IsForward
            ? await steps.GoOnAsync(cancellationToken).ConfigureAwait(false)
            : await steps.RunAsync(leader: null, cancellationToken).ConfigureAwait(false);
    }

    // It continues under the ID of the interrupted repair, which may still have the locks.
    private OperationJournal JournalOf(FormerRepair repair) => new(Operation, repair.Record.OperationId, _journalFolder, _time);

    private static ClusterHealException NotRepaired(MemberRepairReport report) => report.Outcome == MemberRepairOutcome.PutBack
        ? new ClusterHealException(
            ErrorIds.RepairPutBack,
            FaultCategory.VerificationFailed,
            $"The member '{report.MemberName}' was not repaired. {report.Reason}",
            report.HostName,
            "Fix what is named, and repair it again.")
        : new ClusterHealException(
            ErrorIds.RepairUnfinished,
            FaultCategory.VerificationFailed,
            $"The repair {report.OperationId} of the member '{report.MemberName}' stopped before its end. The other members serve as before. {report.Reason}",
            report.HostName,
            $"Fix what is named; the same command then continues. Undo-EtcdMemberRepair -OperationId {report.OperationId} takes it back.");
}
