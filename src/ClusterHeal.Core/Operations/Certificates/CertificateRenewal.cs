using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// Renews the expiring certificates of a control plane, one host after the other. It also works when all of them have expired and no API answers,
/// because it needs only the hosts. docs/design/0022 has the reasons.
/// </summary>
public sealed class CertificateRenewal : IAsyncDisposable
{
    private const string Operation = "Update-ControlPlaneCertificate";

    private readonly CertificateRenewalRequest _request;
    private readonly string _journalFolder;
    private readonly TimeProvider _time;
    private readonly OperationJournal _journal;
    private readonly IHostShell[] _shells;

    /// <summary>Prepares a renewal. Nothing is asked and nothing is changed.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="journalFolder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    public CertificateRenewal(CertificateRenewalRequest request, string journalFolder, TimeProvider time)
    {
        if (request.HealAfter <= TimeSpan.Zero)
        {
            throw RenewalRules.Refused(
                request.Cluster,
                "Without a time after which a host recovers by itself, nothing would if this machine died.",
                "Give -For a time, such as 15m.");
        }

        _request = request;
        _journalFolder = journalFolder;
        _time = time;
        _journal = new OperationJournal(Operation, journalFolder, time);
        _shells = [.. request.Hosts.Select(request.OpenShell)];
    }

    /// <summary>
    /// Renews, after it has reverted what an interrupted renewal had not proven. Emits the plan if only a plan is wanted, otherwise the report. If
    /// not all are renewed, an error follows the report.
    /// </summary>
    /// <param name="sink">Takes the plan or the report, progress and failures. It is asked before anything is stopped.</param>
    /// <param name="cancellationToken">Ends it: the component that is being worked on gets its former files back.</param>
    /// <exception cref="ClusterHealException">It was refused, or failed before anything was stopped.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Renewing certificates of {_request.Cluster}", sink, _time);
        try
        {
            if (!await SettleAsync(log, sink, cancellationToken).ConfigureAwait(false)) return;
            RenewalGround? ground = null;
            await log.RunAsync("Look at the hosts", async () =>
            {
                ground = await RenewalGround.LookAsync(_request, _shells, _time, cancellationToken).ConfigureAwait(false);
                return $"{ground.Files.Count} of {ground.Hosts.Sum(host => host.Certificates.Count)} certificates run out";
            }).ConfigureAwait(false);
            var plan = RenewalPlanner.Plan(ground!, _journal.OperationId, _request);
            if (plan.Certificates.Count == 0)
            {
                sink.Emit(NotNeeded(plan, log));
                return;
            }

            if (!await sink.ConfirmAsync($"the certificates of {_request.Cluster}", string.Join(' ', plan.Steps), cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan);
                return;
            }

            var report = await ApplyAsync(ground!, plan, log, cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            if (!report.Succeeded) sink.Fail(NotRenewed(report));
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

    private async Task<CertificateRenewalReport> ApplyAsync(RenewalGround ground, CertificateRenewalPlan plan, StepLog log, CancellationToken cancellationToken)
    {
        var locks = new HostLocks();
        await using var unlock = locks.ConfigureAwait(false);
        var steps = new RenewalSteps(ground, plan, _request, _journal, log);
        await log.RunAsync("Lock the hosts", async () =>
        {
            await locks.TakeAsync(_shells, _journal, _request.Force, cancellationToken).ConfigureAwait(false);
            await RequireUnchangedAsync(ground, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await log.RunAsync("Prepare the hosts", () => steps.PrepareAsync(cancellationToken)).ConfigureAwait(false);
        return await steps.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    // If two operators plan at once, the locks let only one continue. The other one then finds changed files.
    private static Task RequireUnchangedAsync(RenewalGround ground, CancellationToken cancellationToken) => Task.WhenAll(ground.Hosts.Select(async host =>
    {
        foreach (var certificate in ground.Files.Select(file => file.Former).Where(former => former.HostName == host.Shell.HostName))
        {
            if (await host.Shell.FindTextAsync(certificate.Path, cancellationToken).ConfigureAwait(false) == certificate.Text) continue;
            throw RenewalRules.Refused(
                certificate.HostName, $"{certificate.HostName}: '{certificate.Path}' was changed in the meantime, so the plan is out of date.", "Run it again.");
        }
    }));

    /// <summary>Reverts what interrupted renewals had not proven. False if the user said no.</summary>
    private async Task<bool> SettleAsync(StepLog log, IOperationSink sink, CancellationToken cancellationToken)
    {
        var found = await RenewalRules.RequireAllAsync(_shells.Select(shell => RenewalRecord.FindUnfinishedAsync(shell, cancellationToken)).ToArray()).ConfigureAwait(false);
        foreach (var renewal in _shells.Zip(found).SelectMany(pair => pair.Second.Select(record => (Shell: pair.First, Record: record))).GroupBy(each => each.Record.OperationId))
        {
            var record = renewal.First().Record;
            var target = $"the renewal {renewal.Key} of certificates of {record.Cluster}, begun by {record.Operator} at {record.StartedAt:u}";
            const string Action = "Put back the former files of what it had not proven, and begin again with the rest";
            if (!await sink.ConfirmAsync(target, Action, cancellationToken).ConfigureAwait(false)) return false;
            // It continues under the ID of the interrupted renewal, which may still have the locks.
            var journal = new OperationJournal(Operation, renewal.Key, _journalFolder, _time);
            var locks = new HostLocks();
            await using var unlock = locks.ConfigureAwait(false);
            await locks.TakeAsync(_shells, journal, _request.Force, cancellationToken).ConfigureAwait(false);
            await log.RunAsync($"Settle the interrupted renewal {renewal.Key}", async () =>
            {
                foreach (var (shell, _) in renewal) await new RenewalHost(shell, journal, renewal.Key).SettleAsync(cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        return true;
    }

    private static CertificateRenewalReport NotNeeded(CertificateRenewalPlan plan, StepLog log) => new()
    {
        OperationId = plan.OperationId,
        ClusterName = plan.ClusterName,
        HostName = plan.HostName,
        Outcome = CertificateRenewalOutcome.NotNeeded,
        Renewed = [],
        NotRenewed = [],
        Steps = log.Steps,
        Notes = plan.Notes,
        Duration = log.Elapsed,
    };

    private static ClusterHealException NotRenewed(CertificateRenewalReport report)
    {
        var isPutBack = report.Outcome == CertificateRenewalOutcome.PutBack;
        return new ClusterHealException(
            isPutBack ? ErrorIds.CertificateRenewalPutBack : ErrorIds.CertificateRenewalUnfinished,
            FaultCategory.VerificationFailed,
            $"{(isPutBack ? "No certificate was renewed" : $"{report.Renewed.Count} certificates were renewed, and {report.NotRenewed.Count} were not")}. {report.Reason}",
            report.ClusterName,
            "Fix what is named; the same command then continues.");
    }
}
