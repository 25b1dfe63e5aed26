using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// Puts back the data from before a restore, from the files on the hosts; any machine may have done the restore. What was written since then is kept:
/// it is moved aside, as the restore moved the former data aside.
/// </summary>
public sealed class ClusterRestoreUndo : IAsyncDisposable
{
    private readonly IReadOnlyList<HostConnection> _connections;
    private readonly ClusterRestoreUndoRequest _request;
    private readonly TimeProvider _time;
    private readonly OperationJournal _journal;
    private readonly List<IHostShell> _shells;

    /// <summary>Prepares it. Nothing is asked and nothing is changed.</summary>
    /// <param name="hosts">The hosts of all members.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="journalFolder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    public ClusterRestoreUndo(IReadOnlyList<HostConnection> hosts, ClusterRestoreUndoRequest request, string journalFolder, TimeProvider time)
    {
        _connections = hosts;
        _request = request;
        _time = time;
        _journal = new OperationJournal("Undo-EtcdRestore", journalFolder, time);
        _shells = [.. hosts.Select(host => request.OpenShell(host))];
    }

    /// <summary>Undoes the restore and emits the report.</summary>
    /// <param name="sink">Takes the report, progress and failures. It is asked before anything is stopped.</param>
    /// <param name="cancellationToken">Ends it. After the first stop it goes back to the restored data.</param>
    /// <exception cref="ClusterHealException">There is no such restore, or it failed before anything was stopped.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Undo of the restore of {_request.Cluster}", sink, _time);
        try
        {
            // A restore counts if as many hosts have it as it had.
            await HostIdentity.RequireDistinctAsync(_shells, cancellationToken).ConfigureAwait(false);
            var former = new FormerRestores(_shells, _journal, log, locksAreHeld: true);
            var found = await former.FindAsync(cancellationToken).ConfigureAwait(false);
            var restoreId = Choose(found);
            var restore = found.First(f => f.Restore.OperationId == restoreId).Restore;
            Require(restore);
            if (found.Where(f => f.Restore.OperationId == restoreId).All(f => f.Restore is { IsFinished: true, Version: "old" }))
            {
                var done = $"The data from before the restore {restoreId} lie in place on all hosts already. Nothing was stopped.";
                log.Note("Look at the hosts", CheckStatus.Pass, done);
                sink.Warning(done);
                sink.Emit(Report(restoreId, log, ClusterRestoreOutcome.Undone, proof: null, reason: null));
                return;
            }

            var hosts = string.Join(", ", _shells.Select(s => s.HostName));
            var target = $"etcd and the control plane of cluster '{_request.Cluster}' on {hosts}";
            var action = $"Stop them, put back the data from before the restore {restoreId} (what was written since is kept aside), and start them";
            if (!await sink.ConfirmAsync(target, action, cancellationToken).ConfigureAwait(false)) return;

            var report = await ApplyAsync(restoreId, restore.Hosts + restore.LostMembers, former, log, sink, cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotUndone(report));
        }
        finally
        {
            log.Complete();
        }
    }

    /// <summary>Ends the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var shell in _shells) await shell.DisposeAsync().ConfigureAwait(false);
    }

    // If half of the members had other data, there would be two clusters. So a restore counts only if every host has it.
    private string Choose(IReadOnlyList<(IHostShell Shell, FormerRestore Restore)> found)
    {
        var candidates = found
            .GroupBy(f => f.Restore.OperationId)
            .Where(g => g.Count() == _shells.Count && g.Any(f => f.Restore.Version != "none"))
            .Select(g => g.Key)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (_request.OperationId is null && candidates.Length > 0) return candidates[^1];
        if (_request.OperationId is { } wanted && candidates.Contains(wanted)) return wanted;
        throw new ClusterHealException(
            ErrorIds.RestoreNotFound,
            FaultCategory.NotFound,
            $"There is no restore{(_request.OperationId is { } id ? $" {id}" : "")} whose former data lie on all of {string.Join(", ", _shells.Select(s => s.HostName))}. Nothing was touched.",
            _request.OperationId,
            candidates.Length == 0
                ? "Name all hosts of the restore with -HostName; its report has them."
                : $"Give -OperationId one of these: {string.Join(", ", candidates)}.");
    }

    // If a host is missing, or the old data have no quorum without the lost members, it could only end with a useless outage.
    private void Require(FormerRestore restore)
    {
        var (named, voters) = (string.Join(", ", _shells.Select(s => s.HostName)), restore.Hosts + restore.LostMembers);
        if (restore.Hosts != _shells.Count)
        {
            throw new ClusterHealException(
                ErrorIds.RestoreRefused,
                FaultCategory.InvalidArgument,
                $"The restore {restore.OperationId} was of {restore.Hosts} hosts, and {_shells.Count} are named: {named}. The others would go on with the restored data. Nothing was touched.",
                restore.OperationId,
                "Name all hosts of the restore with -HostName; its report has them.");
        }

        if (restore.Hosts > voters / 2) return;
        throw new ClusterHealException(
            ErrorIds.RestoreRefused,
            FaultCategory.InvalidOperation,
            $"The data from before the restore {restore.OperationId} are of {voters} members, of which {restore.LostMembers} were lost: those on {named} are no quorum, so they could not serve. Nothing was touched.",
            restore.OperationId,
            "To have older data back, restore a snapshot: its report names the one that was saved before it, if there was one.");
    }

    private async Task<ClusterRestoreReport> ApplyAsync(
        string restoreId, int voters, FormerRestores former, StepLog log, IOperationSink sink, CancellationToken cancellationToken)
    {
        var locks = new HostLocks();
        await using var unlock = locks.ConfigureAwait(false);
        await log.RunAsync("Lock the hosts", () => locks.TakeAsync(_shells, _journal, _request.Force, cancellationToken)).ConfigureAwait(false);
        // An interrupted restore has stopped components, and may have moved away the manifests that say how etcd is set up.
        if (!await former.SettleAsync(_request.Force, sink, cancellationToken).ConfigureAwait(false)) throw Refused(restoreId);

        var hosts = await LookAsync(restoreId, log, cancellationToken).ConfigureAwait(false);
        var swap = new DataSwap(hosts, _request.HealAfter, log, _time);
        var end = await swap.RunAsync(DataVersion.Old, clusterId: null, voters, leaveAsync: null, cancellationToken).ConfigureAwait(false);
        return end switch
        {
            { Failure: null } => Report(restoreId, log, ClusterRestoreOutcome.Undone, end.Proof, reason: null),
            { FailureBack: { } second } => Report(restoreId, log, ClusterRestoreOutcome.LeftToHosts, proof: null,
                $"{end.Failure} Going back to the restored data failed too: {second.Message} The hosts recover by themselves within {_request.HealAfter}."),
            _ => Report(restoreId, log, ClusterRestoreOutcome.Restored, end.Proof, $"{end.Failure} The restored data run again."),
        };
    }

    // Like a restore, it stops nothing that it cannot talk to.
    private async Task<SwappedHost[]> LookAsync(string restoreId, StepLog log, CancellationToken cancellationToken)
    {
        IReadOnlyList<SurveyedHost> hosts = [];
        await log.RunAsync("Look at the hosts", async () =>
        {
            hosts = await RestoreSurvey.LookAsync([.. _shells.Zip(_connections)], _time, cancellationToken).ConfigureAwait(false);
            RestoreRules.CheckMembers(hosts);
            return $"{hosts.Count(h => h.Status is not null)} of {hosts.Count} members answer";
        }).ConfigureAwait(false);
        return [.. hosts.Select(host => new SwappedHost(new MemberHost(host.Shell, _journal, restoreId), host.Configuration, host.ControlPlane))];
    }

    private ClusterRestoreReport Report(string restoreId, StepLog log, ClusterRestoreOutcome outcome, ClusterProof? proof, string? reason) =>
        log.Report(restoreId, _request.Cluster, [.. _shells.Select(s => s.HostName)], outcome, proof, reason);

    private static ClusterHealException Refused(string restoreId) => new(
        ErrorIds.RestoreRefused,
        FaultCategory.InvalidOperation,
        $"The restore {restoreId} was interrupted, and must be finished before it is undone. Nothing was stopped.",
        restoreId,
        "Run it again and say yes.");

    private static ClusterHealException NotUndone(ClusterRestoreReport report) => new(
        ErrorIds.RestoreNotUndone,
        FaultCategory.VerificationFailed,
        $"The restore {report.OperationId} of '{report.ClusterName}' was not undone. {report.Reason}",
        report.ClusterName,
        "Fix what is named, and undo it again; both versions of the data are on the hosts.");
}
