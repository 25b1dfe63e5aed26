using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The restores whose data are still on hosts, and how unfinished ones are ended.</summary>
/// <param name="shells">The hosts.</param>
/// <param name="journal">The operation that looks for them.</param>
/// <param name="log">Where the steps go.</param>
/// <param name="locksAreHeld">True if that operation holds the locks of the hosts.</param>
internal sealed class FormerRestores(IReadOnlyList<IHostShell> shells, OperationJournal journal, StepLog log, bool locksAreHeld)
{
    private HashSet<string> _known = [];

    /// <summary>Asks each host for the restores whose data it has.</summary>
    public async Task<IReadOnlyList<(IHostShell Shell, FormerRestore Restore)>> FindAsync(CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(shells.Select(async shell =>
        {
            var restores = await MemberFacts.AskRestoresAsync(shell, cancellationToken).ConfigureAwait(false);
            return restores.Select(restore => (shell, restore));
        })).ConfigureAwait(false);
        return [.. found.SelectMany(f => f)];
    }

    /// <summary>Ends interrupted restores: their hosts go to the data that have the quorum, just as they would by themselves when their switch fires.</summary>
    /// <param name="force">Takes the locks from other operations.</param>
    /// <param name="sink">Is asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False if there is one and the user said no.</returns>
    public async Task<bool> SettleAsync(bool force, IOperationSink sink, CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken).ConfigureAwait(false);
        _known = [.. found.Select(f => f.Restore.OperationId)];
        var unfinished = found.Where(f => !f.Restore.IsFinished).ToLookup(f => f.Restore.OperationId, f => f.Shell);
        foreach (var operation in unfinished)
        {
            var target = $"the interrupted restore {operation.Key} on {string.Join(", ", operation.Select(s => s.HostName))}";
            const string Action = "Bring its hosts to the data that has the quorum, and start what it stopped";
            if (!await sink.ConfirmAsync(target, Action, cancellationToken).ConfigureAwait(false)) return false;
            await SettleAsync(operation.Key, [.. operation], force, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Makes sure, with the locks held, that nobody has restored since <see cref="SettleAsync(bool, IOperationSink, CancellationToken)"/>.</summary>
    /// <exception cref="ClusterHealException">Somebody has. The plan is out of date.</exception>
    public async Task RequireNoneSinceAsync(CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (found.FirstOrDefault(f => !_known.Contains(f.Restore.OperationId)) is not { Restore: { } other, Shell: { } shell }) return;
        throw new ClusterHealException(
            ErrorIds.RestoreRefused,
            FaultCategory.NotReady,
            $"{shell.HostName}: the restore {other.OperationId} of another operator came in between, so the plan of this one is out of date. Nothing was stopped.",
            shell.HostName,
            "Look what the cluster has now, and plan again.");
    }

    /// <summary>Ends one restore in the same way, if it is unfinished, without a question.</summary>
    /// <param name="operationId">The restore.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task EndAsync(string operationId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken).ConfigureAwait(false);
        var hosts = found.Where(f => f.Restore.OperationId == operationId && !f.Restore.IsFinished).Select(f => f.Shell).ToArray();
        if (hosts.Length > 0) await SettleAsync(operationId, hosts, force: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task SettleAsync(string operationId, IReadOnlyList<IHostShell> hosts, bool force, CancellationToken cancellationToken)
    {
        var locks = new HostLocks(locksAreHeld);
        await using var unlock = locks.ConfigureAwait(false);
        await locks.TakeAsync(hosts, journal, force, cancellationToken).ConfigureAwait(false);
        var members = hosts.Select(shell => new MemberHost(shell, journal, operationId)).ToArray();
        await log.RunAsync($"Finish the interrupted restore {operationId}", async () =>
        {
            await Task.WhenAll(members.Select(m => m.HealAsync(cancellationToken))).ConfigureAwait(false);
            await Task.WhenAll(members.Select(m => m.DisarmAsync(cancellationToken))).ConfigureAwait(false);
            await Task.WhenAll(members.Select(m => m.DiscardAsync(cancellationToken))).ConfigureAwait(false);
            await Task.WhenAll(members.Select(m => m.CloseAsync(cancellationToken))).ConfigureAwait(false);
            var versions = await Task.WhenAll(members.Select(m => m.VersionAsync(cancellationToken))).ConfigureAwait(false);
            return $"the {versions[0].Word()} data";
        }).ConfigureAwait(false);
    }
}
