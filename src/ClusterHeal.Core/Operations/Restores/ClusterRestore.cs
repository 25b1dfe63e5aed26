using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// Restores a whole etcd cluster from one snapshot: checks everything, rehearses, puts the new data beside the old on every host, and only then
/// stops, swaps, starts and proves. If the new data do not start, everything is put back. docs/design/0005 has the reasons.
/// </summary>
public sealed class ClusterRestore : IAsyncDisposable
{
    private const string Operation = "Restore-EtcdSnapshot";

    private readonly IReadOnlyList<HostConnection> _connections;
    private readonly ClusterRestoreRequest _request;
    private readonly TimeProvider _time;
    private readonly OperationJournal _journal;
    private readonly List<IHostShell> _shells;

    /// <summary>Prepares a restore. Nothing is asked and nothing is changed.</summary>
    /// <param name="hosts">The hosts of all members.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="journalFolder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    public ClusterRestore(IReadOnlyList<HostConnection> hosts, ClusterRestoreRequest request, string journalFolder, TimeProvider time)
    {
        if (request.HealAfter <= TimeSpan.Zero)
        {
            throw new ClusterHealException(
                ErrorIds.RestoreOptionsInvalid,
                FaultCategory.InvalidArgument,
                "Without a time after which the hosts recover by themselves, nothing would if this machine died. Nothing was touched.",
                request.Cluster,
                "Give -For a time, such as 15m.");
        }

        _connections = hosts;
        _request = request;
        _time = time;
        _journal = request.Journal ?? new OperationJournal(Operation, journalFolder, time);
        _shells = [.. hosts.Select(request.OpenShell)];
    }

    /// <summary>Restores. Emits the plan if only a plan is wanted, otherwise the report. If the restore did not succeed, an error follows the report.</summary>
    /// <param name="sink">Takes the plan or the report, progress and failures. It is asked before anything is stopped.</param>
    /// <param name="cancellationToken">Ends it: before the first stop at once; after it, everything is put back.</param>
    /// <exception cref="ClusterHealException">It was refused, or failed before anything was stopped.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Restoring {_request.Cluster}", sink, _time);
        try
        {
            var saved = CheckFiles(cancellationToken);
            await HostIdentity.RequireDistinctAsync(_shells, cancellationToken).ConfigureAwait(false);
            var former = new FormerRestores(_shells, _journal, log, locksAreHeld: _request.Journal is not null);
            if (!await former.SettleAsync(_request.Force, sink, cancellationToken).ConfigureAwait(false)) return;
            var hosts = await LookAsync(saved, log, cancellationToken).ConfigureAwait(false);
            using var restore = await OpenAsync(hosts, log, cancellationToken).ConfigureAwait(false);
            var plan = RestorePlanner.Plan(hosts, restore.Plan, _journal.OperationId, _request) with
            {
                Differences = await RestoreDifferences.CountAsync(_request.SnapshotPath, hosts, cancellationToken).ConfigureAwait(false),
            };
            if (!await sink.ConfirmAsync(RestorePlanner.TargetOf(plan), string.Join(' ', plan.Steps), cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan);
                return;
            }

            var report = await ApplyAsync(hosts, restore, plan, former, log, sink, cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotRestored(report));
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

    // This machine is checked before any host is. The members that the snapshot names are read from it.
    private IReadOnlyList<EtcdSnapshotMember> CheckFiles(CancellationToken cancellationToken)
    {
        SnapshotTarget.Check(new SnapshotSaveOptions { Path = RestorePlanner.LastSnapshotPath(_request, _journal.OperationId) });
        using var file = SnapshotFile.Open(_request.SnapshotPath);
        return SnapshotMetadata.Read(file.Database, cancellationToken).Members;
    }

    private async Task<IReadOnlyList<SurveyedHost>> LookAsync(
        IReadOnlyList<EtcdSnapshotMember> saved, StepLog log, CancellationToken cancellationToken)
    {
        IReadOnlyList<SurveyedHost> hosts = [];
        await log.RunAsync("Look at the hosts", async () =>
        {
            hosts = await RestoreSurvey.LookAsync([.. _shells.Zip(_connections)], _time, cancellationToken).ConfigureAwait(false);
            RestoreRules.Check(hosts, new FileInfo(_request.SnapshotPath).Length, _request.LostMembers, saved);
            return $"{hosts.Count(h => h.Status is not null)} of {hosts.Count} members answer";
        }).ConfigureAwait(false);
        return hosts;
    }

    private async Task<SnapshotRestore> OpenAsync(IReadOnlyList<SurveyedHost> hosts, StepLog log, CancellationToken cancellationToken)
    {
        var members = string.Join(',', hosts.SelectMany(h => h.Configuration.InitialAdvertisePeerUrls.Select(url => $"{h.Configuration.Name}={url}")));
        var token = _request.InitialClusterToken ?? $"clusterheal-{_journal.OperationId}";
        var spec = new RestoreSpec
        {
            Cluster = InitialCluster.Parse(members, token),
            TargetVersion = hosts[0].EtcdVersion,
            SkipHashCheck = _request.SkipHashCheck,
            LivingApiServers = RestorePlanner.LivingApiServers(hosts),
        };
        SnapshotRestore? restore = null;
        await log.RunAsync("Read the snapshot", async () =>
        {
            restore = await SnapshotRestore.OpenAsync(_request.SnapshotPath, spec, cancellationToken).ConfigureAwait(false);
            var bump = _request.BumpRevision ?? RestoreBump.For(restore.Plan.SnapshotRevision, RestorePlanner.LiveRevision(hosts));
            if (bump > 0)
            {
                restore.Dispose();
                spec = spec with { BumpRevision = bump, MarkCompacted = true };
                restore = await SnapshotRestore.OpenAsync(_request.SnapshotPath, spec, cancellationToken).ConfigureAwait(false);
            }

            return $"revision {restore.Plan.SnapshotRevision}, moved on by {bump}";
        }).ConfigureAwait(false);
        return restore!;
    }

    private async Task<ClusterRestoreReport> ApplyAsync(
        IReadOnlyList<SurveyedHost> hosts,
        SnapshotRestore restore,
        ClusterRestorePlan plan,
        FormerRestores former,
        StepLog log,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        var locks = new HostLocks(arePart: _request.Journal is not null);
        await using var unlock = locks.ConfigureAwait(false);
        await log.RunAsync("Lock the hosts", () => locks.TakeAsync(_shells, _journal, _request.Force, cancellationToken)).ConfigureAwait(false);
        await former.RequireNoneSinceAsync(cancellationToken).ConfigureAwait(false);

        var swapped = hosts.Select(host => new SwappedHost(
            new MemberHost(host.Shell, _journal, _journal.OperationId), host.Configuration, host.ControlPlane)).ToArray();
        var repairs = await PrepareAsync(hosts, swapped, restore, plan, log, sink, cancellationToken).ConfigureAwait(false);

        var swap = new DataSwap(swapped, _request.HealAfter, log, _time);
        var end = await swap.RunAsync(
            DataVersion.New, plan.Data.ClusterId, swapped.Length, stop => LeaveAsync(swapped, log, stop), cancellationToken).ConfigureAwait(false);
        if (end.Failure is not null) return PutBack(swap, end, plan, log);
        RestoredLineage.Note(plan, hosts.Select(h => h.Status?.Header.ClusterId).OfType<ulong>(), _time, sink);
        if (_request.RestartKubelet) await RestartKubeletsAsync(log, sink, cancellationToken).ConfigureAwait(false);
        return Report(plan, log, ClusterRestoreOutcome.Restored, end.Proof, reason: null) with { Repairs = [.. repairs] };
    }

    /// <summary>All steps that change nothing that runs. If one fails, what they put on the hosts is removed.</summary>
    private async Task<IReadOnlyList<EtcdRestoreRepair>> PrepareAsync(
        IReadOnlyList<SurveyedHost> hosts,
        IReadOnlyList<SwappedHost> swapped,
        SnapshotRestore restore,
        ClusterRestorePlan plan,
        StepLog log,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        using var database = new TemporaryDatabase();
        IReadOnlyList<EtcdRestoreRepair> repairs = [];
        await log.RunAsync("Rehearse: write the new database and read it back", async () =>
        {
            var written = await database.WriteAsync(output => restore.WriteDatabaseAsync(output, sink, cancellationToken)).ConfigureAwait(false);
            repairs = written.Repairs;
            return await database.ReadBackAsync(restore, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var mayLogIn = !plan.Data.AuthEnabled;
        if (plan.LastSnapshotPath is { } last)
        {
            await log.RunAsync("Save the present data", async () =>
            {
                var (saved, from) = await LastSnapshot.SaveAsync(hosts, last, sink, _time, cancellationToken).ConfigureAwait(false);
                // It tried root's rights, with the certificate that the proof uses.
                mayLogIn |= saved.AuthEnabled;
                return $"'{saved.Path}' from {from}";
            }).ConfigureAwait(false);
        }

        if (!mayLogIn) throw NoLogin(plan);

        try
        {
            await log.RunAsync("Lay the new data beside the old", async () =>
            {
                var hashes = await Task.WhenAll(hosts.Zip(swapped).Select(pair =>
                    LayOutAsync(hosts, pair.First, pair.Second.Host, restore, database, cancellationToken))).ConfigureAwait(false);
                return $"sha256 {hashes.Distinct().Single()} on {hashes.Length} hosts";
            }).ConfigureAwait(false);
        }
        catch
        {
            await DiscardAsync(swapped, log).ConfigureAwait(false);
            throw;
        }

        return repairs;
    }

    private async Task<string> LayOutAsync(
        IReadOnlyList<SurveyedHost> all,
        SurveyedHost surveyed,
        MemberHost host,
        SnapshotRestore restore,
        TemporaryDatabase database,
        CancellationToken cancellationToken)
    {
        var script = new MemberScriptPlan
        {
            OperationId = _journal.OperationId,
            DataDirectory = surveyed.Configuration.DataDirectory,
            WalDirectory = surveyed.Configuration.WalDirectory,
            Etcd = surveyed.Etcd,
            ControlPlane = surveyed.ControlPlane,
            HealthEndpoints = surveyed.Member.HealthEndpoints,
            OwnPeerEndpoint = MemberEndpoints.ToPeer(surveyed.Configuration, surveyed.Configuration),
            PeerEndpoints = [.. all.Where(other => other != surveyed).Select(other => MemberEndpoints.ToPeer(surveyed.Configuration, other.Configuration))],
            LostMembers = _request.LostMembers.Count,
            ClusterId = restore.Plan.ClusterId,
            ReadyPatience = _request.ReadyPatience,
        };
        await host.InstallAsync(script, cancellationToken).ConfigureAwait(false);
        using var input = database.OpenRead();
        return await host.LayOutAsync(script, input, restore.Bootstrap(surveyed.Configuration.Name), cancellationToken).ConfigureAwait(false);
    }

    private static async Task LeaveAsync(IReadOnlyList<SwappedHost> swapped, StepLog log, CancellationToken cancellationToken)
    {
        await log.RunAsync("Disarm the hosts", () => Task.WhenAll(swapped.Select(h => h.Host.DisarmAsync(cancellationToken)))).ConfigureAwait(false);
        await DiscardAsync(swapped, log).ConfigureAwait(false);
    }

    private ClusterRestoreReport PutBack(DataSwap swap, SwapEnd end, ClusterRestorePlan plan, StepLog log)
    {
        if (end.FailureBack is { } second)
        {
            return Report(plan, log, ClusterRestoreOutcome.LeftToHosts, proof: null,
                $"{end.Failure} Putting it back failed too: {second.Message} The hosts recover by themselves within {_request.HealAfter}.");
        }

        var lost = swap.Lost.Count == 0 ? "" : $" {string.Join(", ", swap.Lost)} did not answer and will join by itself when its switch fires.";
        var what = swap.HasStopped ? $"The data from before run again.{lost}" : "Nothing had been stopped.";
        return Report(plan, log, ClusterRestoreOutcome.PutBack, end.Proof, $"{end.Failure} {what}");
    }

    private static async Task DiscardAsync(IReadOnlyList<SwappedHost> hosts, StepLog log)
    {
        foreach (var host in hosts)
        {
            try
            {
                await host.Host.DiscardAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (ClusterHealException e)
            {
                log.Note($"Discard the new data on {host.Host.HostName}", CheckStatus.Warning, e.Message);
            }
        }
    }

    // The cluster is already restored, even if this fails.
    private async Task RestartKubeletsAsync(StepLog log, IOperationSink sink, CancellationToken cancellationToken)
    {
        try
        {
            await log.RunAsync("Restart the kubelets", () => Task.WhenAll(_shells.Select(async shell =>
            {
                var kubelet = await ComponentFinder.FindAsync(shell, ClusterComponent.Kubelet, cancellationToken).ConfigureAwait(false);
                if (kubelet.UnitName is not { } unit) throw ComponentFault.NotFound(shell.HostName, ClusterComponent.Kubelet);
                await shell.RunCheckedAsync(_journal.Step(shell.HostName, "restart the kubelet", Systemd.RestartUnit, unit), cancellationToken).ConfigureAwait(false);
            }))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            sink.Warning($"The cluster is restored, but not every kubelet was restarted: {e.Message}");
        }
    }

    private static ClusterHealException NoLogin(ClusterRestorePlan plan) => new(
        ErrorIds.RestoreRefused,
        FaultCategory.Authentication,
        $"The snapshot '{plan.Data.Path}' has authentication on, so an etcd on its data could not be proven without a login, and it would be put back. Nothing was stopped.",
        plan.Data.Path,
        "Restore it member by member with -DataDirectory, and prove it with etcdctl --user.");

    private static ClusterRestoreReport Report(
        ClusterRestorePlan plan, StepLog log, ClusterRestoreOutcome outcome, ClusterProof? proof, string? reason) =>
        log.Report(plan.OperationId, plan.ClusterName, [.. plan.Hosts.Select(h => h.HostName)], outcome, proof, reason) with
        {
            LastSnapshotPath = plan.LastSnapshotPath,
        };

    private static ClusterHealException NotRestored(ClusterRestoreReport report) => new(
        ErrorIds.RestorePutBack,
        FaultCategory.VerificationFailed,
        $"The cluster '{report.ClusterName}' was not restored. {report.Reason}",
        report.ClusterName,
        report.Outcome == ClusterRestoreOutcome.LeftToHosts
            ? $"Reach the hosts again, then run Undo-EtcdRestore -OperationId {report.OperationId} for them."
            : "Fix what is named, and run the restore again; the snapshot and the present data are as they were.");
}
