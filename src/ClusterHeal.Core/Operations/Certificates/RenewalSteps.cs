using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// The steps of a renewal from the first stop on: one component after the other gets its new files, is started and proven. If one does not work with
/// them, it gets its old files back, and the renewal ends. What was proven before stays.
/// </summary>
/// <param name="ground">The state before.</param>
/// <param name="plan">The plan.</param>
/// <param name="request">What is wanted.</param>
/// <param name="journal">The operation.</param>
/// <param name="log">Where the steps go.</param>
internal sealed class RenewalSteps(RenewalGround ground, CertificateRenewalPlan plan, CertificateRenewalRequest request, OperationJournal journal, StepLog log)
{
    private static readonly TimeSpan PutBackPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GuardPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RenewalProof _proof = new(ground, request.ProofPatience, journal.Time);
    private readonly List<RenewedFile> _renewed = [];

    /// <summary>Puts the needed files on the hosts. Nothing reads them yet.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.WhenAll(ground.Groups.GroupBy(group => group.Host).Select(async groups =>
    {
        var record = new RenewalRecord
        {
            OperationId = journal.OperationId,
            Cluster = request.Cluster,
            Operator = journal.Operator,
            StartedAt = journal.Time.GetUtcNow(),
            Paths = [.. groups.SelectMany(group => group.Files).Select(file => file.Former.Path)],
        };
        await OnHost(groups.Key).InstallAsync(record, [.. groups], cancellationToken).ConfigureAwait(false);
    }));

    /// <summary>Renews.</summary>
    /// <param name="cancellationToken">Ends it: the component in work gets its old files back.</param>
    public async Task<CertificateRenewalReport> RunAsync(CancellationToken cancellationToken)
    {
        var members = ground.Groups.Where(group => group.IsEtcd).ToArray();
        foreach (var group in ground.Groups)
        {
            try
            {
                await RenewAsync(group, cancellationToken).ConfigureAwait(false);
                _renewed.AddRange(group.Files);
            }
            // Whatever the cause: a stopped component must be started again.
            catch (Exception failure)
            {
                return await PutBackAsync(group, failure).ConfigureAwait(false);
            }

            if (!ground.EtcdIsCutOff || group != members.LastOrDefault()) continue;
            try
            {
                // All members now have certificates with which they accept each other.
                await log.RunAsync("Wait until etcd serves", async () =>
                {
                    foreach (var member in members) await _proof.ProveEtcdAsync(member, cancellationToken).ConfigureAwait(false);
                    return $"{members.Length} members serve, and show the new certificates";
                }).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                return await EndAsync(CertificateRenewalOutcome.Unfinished, Words(failure)).ConfigureAwait(false);
            }
        }

        return await EndAsync(CertificateRenewalOutcome.Renewed, reason: null).ConfigureAwait(false);
    }

    private async Task RenewAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        var host = OnHost(group.Host);
        await log.RunAsync($"Arm the host for {group.Title}", async () =>
        {
            await GuardAsync(group, cancellationToken).ConfigureAwait(false);
            await host.ArmAsync(request.HealAfter, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (group.Component is not null) await log.RunAsync($"Stop {group.Title}", () => host.StopAsync(group, cancellationToken)).ConfigureAwait(false);
        await log.RunAsync($"Lay the new files of {group.Title}", () => host.LayNewAsync(group, cancellationToken)).ConfigureAwait(false);
        if (group.Component is not null) await log.RunAsync($"Start {group.Title}", () => host.StartAsync(group, cancellationToken)).ConfigureAwait(false);
        await log.RunAsync($"Prove {group.Title}", async () =>
        {
            var seen = await _proof.ProveAsync(group, cancellationToken).ConfigureAwait(false);
            await host.KeepAsync(group, cancellationToken).ConfigureAwait(false);
            return seen;
        }).ConfigureAwait(false);
    }

    // One member, or one API server, is restarted while the others serve. So those before this one have to be back.
    private async Task GuardAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        if (group.IsEtcd && !ground.EtcdIsCutOff)
            await AwaitAsync("etcd would lose its quorum", stop => EtcdAnswers.WhyNoQuorumWithoutAsync(group.Host, ground.Hosts, stop), cancellationToken).ConfigureAwait(false);
        var others = ground.Hosts.Where(host => host != group.Host && host.ApiServerIsReady).ToArray();
        if (group.IsApiServer && others.Length > 0)
            await AwaitAsync("the API would not answer", stop => WhyNoOtherAsync(others, stop), cancellationToken).ConfigureAwait(false);

        async Task AwaitAsync(string what, Func<CancellationToken, Task<string?>> whyAsync, CancellationToken cancellation)
        {
            var waiting = new Waiting(journal.Time, GuardPatience, Pause);
            if (await waiting.UntilAsync(whyAsync, why => why is null, cancellation).ConfigureAwait(false) is not { } why) return;
            throw new ClusterHealException(
                ErrorIds.CertificateRenewalRefused, FaultCategory.NotReady, $"{group.Title} was not stopped, as {what}: {why.TrimEnd('.')}.", group.Host.Shell.HostName, "Bring the others back first.");
        }
    }

    private static async Task<string?> WhyNoOtherAsync(IEnumerable<RenewalHostGround> others, CancellationToken cancellationToken)
    {
        foreach (var other in others)
        {
            var status = await ComponentFinder.FindAsync(other.Shell, ClusterComponent.ApiServer, cancellationToken).ConfigureAwait(false);
            if (await new ApiServerProbe(other.Shell, status).IsReadyAsync(cancellationToken).ConfigureAwait(false)) return null;
        }

        return $"none of {string.Join(", ", others.Select(other => other.Shell.HostName))} is ready";
    }

    private async Task<CertificateRenewalReport> PutBackAsync(RenewalGroup group, Exception failure)
    {
        var reason = Words(failure);
        var outcome = _renewed.Count > 0 ? CertificateRenewalOutcome.Unfinished : CertificateRenewalOutcome.PutBack;
        using var patience = new CancellationTokenSource(PutBackPatience, journal.Time);
        try
        {
            await log.RunAsync($"Put the former files of {group.Title} back", async () =>
            {
                await OnHost(group.Host).PutBackAsync(group, patience.Token).ConfigureAwait(false);
                await OnHost(group.Host).DisarmAsync(patience.Token).ConfigureAwait(false);
                return await _proof.AwaitFormerAsync(group, patience.Token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            return await EndAsync(outcome, $"{reason} It has its former certificates again.").ConfigureAwait(false);
        }
        catch (Exception second)
        {
            return Report(
                CertificateRenewalOutcome.LeftToHost, $"{reason} Putting the former ones back failed: {Words(second)} The host does it by itself within {request.HealAfter}.");
        }
    }

    // What is proven is in use, even if this fails. The next call finds a host whose renewal was not closed.
    private async Task<CertificateRenewalReport> EndAsync(CertificateRenewalOutcome outcome, string? reason)
    {
        using var patience = new CancellationTokenSource(PutBackPatience, journal.Time);
        await log.JudgeAsync("Close the operation", async () =>
        {
            try
            {
                foreach (var host in ground.Groups.Select(group => group.Host).Distinct()) await OnHost(host).CloseAsync($"{outcome}", patience.Token).ConfigureAwait(false);
                return (CheckStatus.Pass, null);
            }
            catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
            {
                return (CheckStatus.Warning, $"{e.Message} The same command closes it.");
            }
        }).ConfigureAwait(false);
        return Report(outcome, reason);
    }

    private CertificateRenewalReport Report(CertificateRenewalOutcome outcome, string? reason) => new()
    {
        OperationId = journal.OperationId,
        ClusterName = request.Cluster,
        HostName = plan.HostName,
        Outcome = outcome,
        Reason = reason,
        Renewed = [.. _renewed.Select(file => file.ToModel(journal.OperationId))],
        NotRenewed = [.. ground.Files.Except(_renewed).Select(file => file.ToModel(journal.OperationId))],
        Steps = log.Steps,
        Notes = plan.Notes,
        Duration = log.Elapsed,
    };

    private RenewalHost OnHost(RenewalHostGround host) => new(host.Shell, journal, journal.OperationId);

    private static string Words(Exception failure) => failure is OperationCanceledException ? "It was stopped by the user." : failure.Message;
}
