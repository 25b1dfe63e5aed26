using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// Reverts an unfinished repair, from the record on its host, so from any machine. If the old member is still in the cluster, its data and settings
/// are put back. Once it was removed, etcd never accepts it again: then the new member, which has no vote yet, is removed.
/// </summary>
public sealed class MemberRepairUndo : IAsyncDisposable
{
    private readonly MemberRepairUndoRequest _request;
    private readonly string _journalFolder;
    private readonly TimeProvider _time;
    private readonly RepairHosts _hosts;

    /// <summary>Prepares it. Nothing is asked and nothing is changed.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="journalFolder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    public MemberRepairUndo(MemberRepairUndoRequest request, string journalFolder, TimeProvider time)
    {
        _request = request;
        _journalFolder = journalFolder;
        _time = time;
        _hosts = new RepairHosts(request.Hosts, request.OpenShell);
    }

    /// <summary>Reverts the repair and emits the report.</summary>
    /// <param name="sink">Takes the report, progress and failures. It is asked before anything is changed.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <exception cref="ClusterHealException">There is no such repair, or it could not be reverted.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var repair = Choose(await _hosts.FindRepairsAsync(cancellationToken).ConfigureAwait(false));
        var log = new StepLog($"Taking back the repair of etcd of {repair.Record.Cluster}", sink, _time);
        try
        {
            var action = repair.IsForward
                ? "Take the new member out of the cluster if it has no vote yet; its etcd stays stopped, since etcd never takes the old member in again"
                : "Put back what was on the host before it, and start its etcd";
            if (!await sink.ConfirmAsync(repair.ToString(), action, cancellationToken).ConfigureAwait(false)) return;
            // It continues under the repair's own ID, which may still have the locks.
            var journal = new OperationJournal("Undo-EtcdMemberRepair", repair.Record.OperationId, _journalFolder, _time);
            using var others = await _hosts.OthersAsync(repair, log, cancellationToken).ConfigureAwait(false);
            var locks = new HostLocks();
            await using var unlock = locks.ConfigureAwait(false);
            await log.RunAsync("Lock the hosts", () => locks.TakeAsync(_hosts.Answering, journal, _request.Force, cancellationToken)).ConfigureAwait(false);
            var steps = new RepairSteps(repair.Record, repair.Shell, journal, others, _request.HealAfter, TimeSpan.Zero, log);
            var report = await steps.UndoAsync(repair.IsForward, cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotUndone(report));
        }
        finally
        {
            log.Complete();
        }
    }

    /// <summary>Ends the connections.</summary>
    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    private FormerRepair Choose(IReadOnlyList<FormerRepair> found)
    {
        var open = found.Where(repair => !repair.IsFinished).ToArray();
        if (_request.OperationId is null && open.Length > 0) return open[^1];
        if (open.FirstOrDefault(repair => repair.Record.OperationId == _request.OperationId) is { } wanted) return wanted;
        var ended = found.Any(repair => repair.Record.OperationId == _request.OperationId);
        var answering = _hosts.Answering.Count == 0 ? ["any host that answers"] : _hosts.Answering.Select(host => host.HostName);
        throw new ClusterHealException(
            ErrorIds.RepairNotFound,
            FaultCategory.NotFound,
            ended
                ? $"The repair {_request.OperationId} has come to its end, so there is nothing to take back. Nothing was touched."
                : $"There is no repair{(_request.OperationId is { } id ? $" {id}" : "")} that nobody finished on {string.Join(", ", answering)}. "
                + $"{(_hosts.Silent.Count == 0 ? "" : $"Other hosts could not be asked. {string.Join(' ', _hosts.Silent)} ")}Nothing was touched.",
            _request.OperationId,
            open.Length == 0
                ? "Name the hosts of all members with -HostName."
                : $"Give -OperationId one of these: {string.Join(", ", open.Select(repair => repair.Record.OperationId))}.");
    }

    private static ClusterHealException NotUndone(MemberRepairReport report) => new(
        ErrorIds.RepairNotUndone,
        FaultCategory.VerificationFailed,
        $"The repair {report.OperationId} of the member '{report.MemberName}' was not taken back. {report.Reason}",
        report.HostName,
        "Fix what is named, and undo it again.");
}
