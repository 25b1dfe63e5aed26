using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// The steps of a repair from the first stop on. Before the old member is removed, everything can be put back. After that, a repair can only
/// continue, and each step finds out what was already done. There are never fewer serving voters than before.
/// </summary>
/// <param name="record">The repair.</param>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation.</param>
/// <param name="others">The members that serve.</param>
/// <param name="healAfter">How long the host waits for the operator.</param>
/// <param name="catchUpPatience">How long the new member may make no progress.</param>
/// <param name="log">Where the steps go.</param>
internal sealed class RepairSteps(
    RepairRecord record,
    IHostShell shell,
    OperationJournal journal,
    ServingMembers others,
    TimeSpan healAfter,
    TimeSpan catchUpPatience,
    StepLog log)
{
    private static readonly TimeSpan ProofPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PutBackPatience = TimeSpan.FromMinutes(10);

    private readonly RepairHost _host = new(shell, journal, record);
    private readonly MembershipChange _membership = new(others.Any, journal.Time);

    /// <summary>Repairs, from the beginning.</summary>
    /// <param name="leader">The member itself, if it serves as the leader and has to transfer the leadership first.</param>
    /// <param name="cancellationToken">Ends it. Before the old member is removed, everything is put back.</param>
    public async Task<MemberRepairReport> RunAsync(ServingMember? leader, CancellationToken cancellationToken) =>
        await LoseAsync(leader, cancellationToken).ConfigureAwait(false) ?? await CompleteAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>The first half: the member is stopped, and its data are moved aside. Until the old member is removed the host reverts this by itself.</summary>
    /// <param name="leader">The member itself, if it serves as the leader and has to transfer the leadership first.</param>
    /// <param name="cancellationToken">Ends it, and everything is put back.</param>
    /// <returns>Null, or what was put back, and why.</returns>
    public async Task<MemberRepairReport?> LoseAsync(ServingMember? leader, CancellationToken cancellationToken)
    {
        try
        {
            await log.RunAsync("Arm the host", () => _host.BeginAsync(healAfter, cancellationToken)).ConfigureAwait(false);
            if (leader is not null) await log.JudgeAsync("Hand over the leadership", () => HandOverAsync(leader, cancellationToken)).ConfigureAwait(false);
            await log.RunAsync("Stop etcd", () => _host.StopAsync(cancellationToken)).ConfigureAwait(false);
            // The settings are written before the data are moved: if etcd is then started without data, it finds no cluster, and never creates one.
            await log.RunAsync("Write the settings of a first start", () => _host.PutNewSettingsAsync(cancellationToken)).ConfigureAwait(false);
            await log.RunAsync("Move the data aside", () => _host.MoveAsideAsync(cancellationToken)).ConfigureAwait(false);
            await log.RunAsync("Look at the other members again", () => others.RequireAllAsync(cancellationToken)).ConfigureAwait(false);
            return null;
        }
        // Whatever the cause: a stopped component must be started again.
        catch (Exception failure)
        {
            return await PutBackAsync(failure).ConfigureAwait(false);
        }
    }

    /// <summary>Continues a repair that has reached the removal of the old member.</summary>
    /// <param name="cancellationToken">Ends it; the same command continues later.</param>
    public async Task<MemberRepairReport> GoOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.RunAsync("Arm the host", () => _host.BeginAsync(healAfter, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            return await StopAsync(failure).ConfigureAwait(false);
        }

        return await CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reverts a repair whose operator is gone, as far as possible.</summary>
    /// <param name="isForward">True if it has reached the removal of the old member.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <exception cref="ClusterHealException">The new member already has its vote, or the host or the cluster cannot be asked.</exception>
    public async Task<MemberRepairReport> UndoAsync(bool isForward, CancellationToken cancellationToken)
    {
        await log.RunAsync("Arm the host", () => _host.BeginAsync(healAfter, cancellationToken)).ConfigureAwait(false);
        if (!isForward || await HasFormerAsync(cancellationToken).ConfigureAwait(false))
        {
            await _host.MarkBackAsync(cancellationToken).ConfigureAwait(false);
            return await PutBackAsync(failure: null).ConfigureAwait(false);
        }

        var added = await ListedAsync(cancellationToken).ConfigureAwait(false);
        if (added is { IsLearner: false, Name.Length: > 0 }) throw HasVote(added);
        await TakeOutAsync(added, cancellationToken).ConfigureAwait(false);
        return Report(MemberRepairOutcome.Undone, reason: null);
    }

    /// <summary>Puts back what was on the host before. Its old member is still in the cluster.</summary>
    /// <param name="failure">Why; null if the user asked for it.</param>
    public async Task<MemberRepairReport> PutBackAsync(Exception? failure)
    {
        var reason = failure is null ? null : Words(failure);
        var outcome = failure is null ? MemberRepairOutcome.Undone : MemberRepairOutcome.PutBack;
        using var patience = new CancellationTokenSource(PutBackPatience, journal.Time);
        try
        {
            await log.RunAsync("Put back what was there before", async () =>
            {
                await _host.PutBackAsync(patience.Token).ConfigureAwait(false);
                await _host.StartAsync(patience.Token).ConfigureAwait(false);
                await CloseAsync(outcome, patience.Token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            return Report(outcome, reason is null ? null : $"{reason} The host is as it was before.");
        }
        catch (Exception second)
        {
            var words = $"{reason} Putting it back failed: {Words(second)} The host does it by itself within {healAfter}.";
            return Report(MemberRepairOutcome.LeftToHost, words.TrimStart());
        }
    }

    // The old data belong to no member any more: if etcd starts on them, it notices that and ends. Without data and with the old settings it could create a cluster.
    private async Task TakeOutAsync(Member? added, CancellationToken cancellationToken)
    {
        await log.RunAsync("Take the new member out", async () =>
        {
            await _host.StopAsync(cancellationToken).ConfigureAwait(false);
            if (added is not null) await _membership.RemoveAsync(added.ID, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await log.RunAsync("Put the former data and settings back", () => _host.PutBackAsync(cancellationToken)).ConfigureAwait(false);
        await log.RunAsync("Close the operation", () => CloseAsync(MemberRepairOutcome.Undone, cancellationToken)).ConfigureAwait(false);
    }

    // The new member, if it is in the cluster's list.
    private async Task<Member?> ListedAsync(CancellationToken cancellationToken) =>
        MembershipChange.Find(await _membership.ListAsync(cancellationToken).ConfigureAwait(false), record.Configuration.InitialAdvertisePeerUrls, record.FormerId);

    private async Task<bool> HasFormerAsync(CancellationToken cancellationToken) =>
        record.FormerId != 0 && (await _membership.ListAsync(cancellationToken).ConfigureAwait(false)).Any(member => member.ID == record.FormerId);

    private MemberRepairReport Report(MemberRepairOutcome outcome, string? reason, Member? member = null, ClusterProof? proof = null) => new()
    {
        OperationId = record.OperationId,
        ClusterName = record.Cluster,
        HostName = shell.HostName,
        MemberName = record.Configuration.Name,
        Outcome = outcome,
        Reason = reason,
        Steps = log.Steps,
        FormerId = record.FormerId == 0 ? null : EtcdId.Hex(record.FormerId),
        MemberId = member is null ? null : EtcdId.Hex(member.ID),
        Revision = proof?.Revision,
        HashKV = proof?.HashKV,
        SnapshotPath = record.SnapshotPath,
        FormerData = outcome is MemberRepairOutcome.Repaired or MemberRepairOutcome.Unfinished
            ? $"{record.Configuration.DataDirectory}/member.clusterheal-{record.OperationId}.old"
            : null,
        StartedAt = log.StartedAt,
        Duration = log.Elapsed,
    };

    private async Task<MemberRepairReport> CompleteAsync(CancellationToken cancellationToken)
    {
        Member? member = null;
        try
        {
            await log.RunAsync("Remove the old member", () => RemoveAsync(cancellationToken)).ConfigureAwait(false);
            await log.RunAsync("Add the new member", async () =>
            {
                var urls = record.Configuration.InitialAdvertisePeerUrls;
                member = await _membership.AddAsync(urls, record.AsLearner, record.FormerId, cancellationToken).ConfigureAwait(false);
                await _host.MarkAddedAsync(cancellationToken).ConfigureAwait(false);
                return $"{EtcdId.Hex(member.ID)}, {(member.IsLearner ? "a learner" : "a voter")}";
            }).ConfigureAwait(false);
            await log.RunAsync("Start etcd", async () =>
            {
                await _host.ExtendAsync(healAfter, cancellationToken).ConfigureAwait(false);
                await _host.StartAsync(cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
            await log.RunAsync("Wait until it has caught up", () => CatchUpAsync(member!, cancellationToken)).ConfigureAwait(false);

            ClusterProof? proof = null;
            await log.RunAsync("Prove etcd", async () =>
            {
                proof = await ClusterProof.FindAsync(
                    [.. others.Hosts, (shell, record.Configuration)], record.ClusterId, record.Voters, ProofPatience, journal.Time, cancellationToken).ConfigureAwait(false);
                return $"hash {proof.HashKV} at revision {proof.Revision} on {others.All.Count + 1} members";
            }).ConfigureAwait(false);
            await log.RunAsync("Put the former settings back", () => TidySettingsAsync(cancellationToken)).ConfigureAwait(false);
            await log.RunAsync("Close the operation", () => CloseAsync(MemberRepairOutcome.Repaired, cancellationToken)).ConfigureAwait(false);
            return Report(MemberRepairOutcome.Repaired, reason: null, member, proof);
        }
        catch (Exception failure)
        {
            return await StopAsync(failure).ConfigureAwait(false);
        }
    }

    private async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        await _host.MarkForwardAsync(cancellationToken).ConfigureAwait(false);
        if (record.FormerId == 0) return "the cluster does not list it";
        await _membership.RemoveAsync(record.FormerId, cancellationToken).ConfigureAwait(false);
        var cleared = await _membership.ClearAlarmsAsync(record.FormerId, cancellationToken).ConfigureAwait(false);
        return EtcdId.Hex(record.FormerId) + (cleared > 0 ? $"; its {cleared} alarm(s) are cleared" : "");
    }

    private async Task<string?> CatchUpAsync(Member member, CancellationToken cancellationToken)
    {
        if (!member.IsLearner) return "it is a voter";
        var catchUp = new LearnerCatchUp(_membership, _host, record.Configuration, catchUpPatience, journal.Time);
        return await catchUp.PromoteAsync(member.ID, () => _host.ExtendAsync(healAfter, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<(CheckStatus Status, string? Message)> HandOverAsync(ServingMember leader, CancellationToken cancellationToken)
    {
        var next = others.All.MaxBy(member => member.Status.RaftAppliedIndex)!;
        try
        {
            using var client = leader.Connection.Open(leader.Connection.Endpoints[0]);
            await client.MoveLeaderAsync(next.Id, cancellationToken).ConfigureAwait(false);
            return (CheckStatus.Pass, $"to the member on {next.Host.Shell.HostName}");
        }
        catch (EtcdException e)
        {
            // When it is stopped, it transfers the leadership, or the others elect a leader.
            return (CheckStatus.Warning, e.Message);
        }
    }

    // A changed manifest restarts its pod. Once there is a log, etcd ignores these settings.
    private async Task<string?> TidySettingsAsync(CancellationToken cancellationToken)
    {
        if (record.SettingsPath == record.Etcd.ManifestPath)
        {
            return "the manifest keeps them: etcd takes no notice of them any more, and a change would start it again";
        }

        await _host.PutOldSettingsAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    // The others serve as before. The new member may run, and continues to catch up.
    private async Task<MemberRepairReport> StopAsync(Exception failure)
    {
        using var patience = new CancellationTokenSource(PutBackPatience, journal.Time);
        Member? added = null;
        var reason = Words(failure);
        try
        {
            if (await HasFormerAsync(patience.Token).ConfigureAwait(false))
            {
                await _host.MarkBackAsync(patience.Token).ConfigureAwait(false);
                return await PutBackAsync(failure).ConfigureAwait(false);
            }

            added = await ListedAsync(patience.Token).ConfigureAwait(false);
        }
        catch (ClusterHealException e)
        {
            reason += $" Whether the old member was removed is not known now: {e.Message}";
        }

        try
        {
            await _host.HealAsync(patience.Token).ConfigureAwait(false);
            await _host.DisarmAsync(patience.Token).ConfigureAwait(false);
        }
        catch (ClusterHealException e)
        {
            reason += $" The host recovers by itself within {healAfter}: {e.Message}";
        }

        return Report(MemberRepairOutcome.Unfinished, reason, added);
    }

    private async Task CloseAsync(MemberRepairOutcome outcome, CancellationToken cancellationToken)
    {
        await _host.CloseAsync(outcome, cancellationToken).ConfigureAwait(false);
        await _host.DisarmAsync(cancellationToken).ConfigureAwait(false);
    }

    private ClusterHealException HasVote(Member member) => new(
        ErrorIds.RepairNotUndone,
        FaultCategory.InvalidOperation,
        $"The new member '{member.Name}' ({EtcdId.Hex(member.ID)}) has its vote already, so there is nothing to take back.",
        shell.HostName,
        "Repair-EtcdMember brings the repair to its end: it proves the member and puts the settings back.");

    private static string Words(Exception failure) => failure is OperationCanceledException ? "It was stopped by the user." : failure.Message;
}
