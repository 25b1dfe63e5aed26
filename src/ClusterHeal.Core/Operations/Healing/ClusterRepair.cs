using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Healing;

/// <summary>
/// Repairs a cluster: tests its health, plans the remedies for what fails, asks once, and does one step after the other with the operation that a
/// user would call. Before and after each step the cluster is tested again. docs/design/0021 has the reasons.
/// </summary>
/// <param name="request">What is wanted.</param>
/// <param name="sink">Takes the plan or the report, progress and failures. It is asked before anything is changed.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterRepair(ClusterRepairRequest request, IOperationSink sink, TimeProvider time)
{
    private const string Activity = "Repairing the cluster";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HashSet<(string Name, string Target)>? _meant = request.Checks?.Select(c => (c.Name, c.Target)).ToHashSet();

    private string ClusterName => request.Sources.ClusterName;

    /// <summary>
    /// Repairs. Emits the plan if only a plan is wanted, or if nothing can be done; otherwise the report. After it comes an error if something is still unhealthy.
    /// </summary>
    /// <param name="cancellationToken">Ends it. The current operation ends in its own way.</param>
    /// <exception cref="ClusterHealException">It was refused. Nothing was changed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var files = ReportFiles.At(request.ReportPath);
        var (began, started) = (time.GetTimestamp(), time.GetUtcNow());
        try
        {
            Say("looks at the cluster");
            var look = await LookAsync(request.Options, cancellationToken).ConfigureAwait(false);
            foreach (var node in request.NodesOff)
            {
                if (NodeRemedies.WhyNotOff(look.Facts.Kubernetes, node) is { } why) throw NotOff(node, why);
            }

            var plan = PlanOf(look);
            if (plan.Steps.Count == 0)
            {
                var none = plan.ToPlan(ClusterName);
                sink.Emit(none);
                await files.WriteAsync(ClusterRepairPage.Of(none, look.Results, started, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
                if (none.NotRepaired.Any(n => n.Status == CheckStatus.Fail)) sink.Fail(NotRepaired($"There is no step for what fails. {none.NotRepaired.First(n => n.Status == CheckStatus.Fail)}"));
                return;
            }

            var action = string.Join(' ', plan.Steps.Select((step, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {step.Action}.")));
            if (!await sink.ConfirmAsync($"cluster '{ClusterName}'", action, cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan.ToPlan(ClusterName));
                return;
            }

            var journal = new OperationJournal("Repair-Cluster", request.JournalFolder, time);
            var steps = await RunAsync(plan, journal, began, cancellationToken).ConfigureAwait(false);
            var isDone = steps.All(s => s.Outcome is ClusterRepairStepOutcome.Healed or ClusterRepairStepOutcome.HealedByItself);
            var report = StoppedReport(journal, steps, plan);
            try
            {
                Say("waits until the rest is well");
                look = isDone
                    ? await LookUntilAsync(request.Options, now => !now.Results.Any(r => HealingPlan.IsBad(r) && plan.Symptoms.Any(s => Is(s, r))), cancellationToken).ConfigureAwait(false)
                    : await LookAsync(request.Options, cancellationToken).ConfigureAwait(false);
                report = ReportOf(journal, steps, look, isDone);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // A stopped pipeline takes no report any more; a warning still reaches its user.
                sink.Warning(report.Reason);
            }

            report = report with { StartedAt = started, Duration = time.GetElapsedTime(began) };
            journal.Note(null, report.Reason);
            sink.Emit(report);
            // A repair that the user stopped has its report, too.
            await files.WriteAsync(ClusterRepairPage.Of(report, look.Results), CancellationToken.None).ConfigureAwait(false);
            if (!report.Succeeded) sink.Fail(NotRepaired(report.Reason));
        }
        finally
        {
            sink.Progress(new OperationProgress(Activity, "done") { Completed = true });
        }
    }

    /// <summary>The refusal for a node that is not off, or may not be.</summary>
    internal static ClusterHealException NotOff(string node, string why) => new(
        ErrorIds.NodeNotOff,
        FaultCategory.InvalidOperation,
        $"{why} It was not marked as out of service: a node that still runs would write to the same volumes as the pods that take over.",
        node,
        "Switch the node off for certain, wait until it is NotReady (Wait-NodeStatus), and try again.");

    private async Task<IReadOnlyList<ClusterRepairStep>> RunAsync(HealingPlan plan, OperationJournal journal, long began, CancellationToken cancellationToken)
    {
        var done = new List<ClusterRepairStep>();
        foreach (var step in plan.Steps)
        {
            var begin = time.GetTimestamp();
            var failed = done.Exists(d => d.Outcome == ClusterRepairStepOutcome.Failed);
            var (outcome, reason) = cancellationToken.IsCancellationRequested ? (ClusterRepairStepOutcome.Planned, "The user stopped the repair before it.")
                : failed ? (ClusterRepairStepOutcome.Planned, "The step before it failed.")
                : await TryAsync(step, journal, cancellationToken).ConfigureAwait(false);
            done.Add(step.ToStep() with { Outcome = outcome, Reason = reason, At = time.GetElapsedTime(began, begin), Duration = time.GetElapsedTime(begin) });
        }

        return done;
    }

    private async Task<(ClusterRepairStepOutcome Outcome, string? Reason)> TryAsync(HealingStep step, OperationJournal journal, CancellationToken cancellationToken)
    {
        var stage = RemedyStage.NotBegun;
        try
        {
            return await RunAsync(step, journal, now => stage = now, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return stage switch
            {
                RemedyStage.NotBegun => (ClusterRepairStepOutcome.Planned, "The user stopped the repair before it."),
                RemedyStage.Begun => (ClusterRepairStepOutcome.Failed, "The user stopped it in the middle. Get-ClusterOperation shows what it left, and how to undo it."),
                _ => (ClusterRepairStepOutcome.Failed, "It was done. The user stopped the repair before it could be seen whether it helped."),
            };
        }
    }

    private async Task<(ClusterRepairStepOutcome Outcome, string? Reason)> RunAsync(
        HealingStep step, OperationJournal journal, Action<RemedyStage> isAt, CancellationToken cancellationToken)
    {
        Say($"looks again before: {step.Action}");
        var still = Array.Empty<Remedy>();
        var look = await LookUntilAsync(request.Options, now =>
        {
            still = [.. step.Remedies.Where(r => PlanOf(now).Steps.Any(s => s.Remedies.Contains(r)))];
            return still.Length > 0 || IsWell(step, now);
        }, cancellationToken).ConfigureAwait(false);
        if (still.Length == 0)
        {
            return IsWell(step, look)
                ? (ClusterRepairStepOutcome.HealedByItself, null)
                : (ClusterRepairStepOutcome.Failed, $"It was not begun, as the plan holds no more. {Why(step, look)}");
        }

        Say(step.Action);
        isAt(RemedyStage.Begun);
        journal.Note(null, step.Command);
        sink.Verbose($"{step.Action}: {step.Command}");
        try
        {
            await new RemedyRun(request, sink, time).RunAsync(still, look.Facts, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException fault)
        {
            return (ClusterRepairStepOutcome.Failed, $"{fault.Message} {fault.Remedy}".TrimEnd());
        }

        isAt(RemedyStage.Done);
        Say($"waits until it is well after: {step.Action}");
        // Only the checks of the areas of this step. The rest is checked before the next one.
        var areas = step.Checks.Select(c => Enum.Parse<HealthArea>(c.Area)).Distinct().ToArray();
        if (areas.Length == 0) return (ClusterRepairStepOutcome.Healed, null);
        var after = await LookUntilAsync(request.Options with { Areas = areas }, now => IsWell(step, now), cancellationToken).ConfigureAwait(false);
        return IsWell(step, after)
            ? (ClusterRepairStepOutcome.Healed, null)
            : (ClusterRepairStepOutcome.Failed, $"It was done, and {request.Patience.TotalSeconds:0} s later it has not helped. {Why(step, after)}");
    }

    /// <summary>True if the checks of a step pass. A check that could not see does not pass.</summary>
    private bool IsWell(HealingStep step, Look now) => !Bad(step, now).Any();

    private string Why(HealingStep step, Look now) => string.Join(' ', Bad(step, now).Select(r => $"{r.Name} {r.Target}: {r.Message}"));

    // A check that could not see may be about the whole cluster, or about a host. Another host does not matter here.
    private IEnumerable<CheckResult> Bad(HealingStep step, Look now) => now.Results.Where(HealingPlan.IsBad).Where(r => step.Checks.Any(check =>
        check.Name == r.Name && (check.Target == r.Target
            || (r.Status == CheckStatus.Unknown && (r.Target == ClusterName || check.Target.EndsWith($" on {r.Target}", StringComparison.Ordinal))))));

    private static bool Is(ClusterRepairSymptom symptom, CheckResult result) => (symptom.Name, symptom.Target) == (result.Name, result.Target);

    private Task<Look> LookUntilAsync(HealthOptions options, Func<Look, bool> isThere, CancellationToken cancellationToken) =>
        new Waiting(time, request.Patience, Pause).UntilAsync(stop => LookAsync(options, stop), isThere, cancellationToken);

    private async Task<Look> LookAsync(HealthOptions options, CancellationToken cancellationToken)
    {
        var (results, facts) = await new ClusterHealthTest(request.Sources, options, time).LookAsync(cancellationToken).ConfigureAwait(false);
        var nodes = results.Where(r => r is { Status: CheckStatus.Fail, Name: "NodeLease" or "NodeReady" }).Select(r => r.Target).Distinct()
            .Where(name => !facts.Hosts.Any(h => HostNames.AreSame(h.HostName, name))).ToArray();
        var hosts = new HostFacts[nodes.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThrottleLimit, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, hosts.Length, parallel, async (i, stop) => hosts[i] = (await HostSurvey.RunAsync(
            request.NodeHost(nodes[i]), request.Sources.Shells, certificates: false, whatHeals: true, stop).ConfigureAwait(false)).Facts).ConfigureAwait(false);
        return new Look(facts with { Hosts = [.. facts.Hosts.Select(WithoutLock)], NodeHosts = nodes.Zip(hosts.Select(WithoutLock)).ToDictionary(n => n.First, n => n.Second) }, results);
    }

    // With -Force a lock stops nobody. What its operation left is then reverted.
    private HostFacts WithoutLock(HostFacts host) =>
        request.Force && host.Operations is { } operations ? host with { Operations = operations with { Lock = null } } : host;

    private HealingPlan PlanOf(Look look) => HealingPlan.Of(look.Facts, [.. look.Results.Where(IsMeant)], request.NodesOff);

    private bool IsMeant(CheckResult result) => _meant?.Contains((result.Name, result.Target)) != false;

    // A node that was marked as off is off. Its silence is no failure of the repair.
    private bool IsOff(string name, string target) => name is "NodeLease" or "NodeReady" or "NodeTaint" && request.NodesOff.Contains(target);

    private ClusterRepairReport ReportOf(OperationJournal journal, IReadOnlyList<ClusterRepairStep> steps, Look look, bool isDone)
    {
        var rest = PlanOf(look);
        ClusterRepairSymptom[] left =
        [
            .. rest.Steps.SelectMany(s => s.Checks.Select(c => new ClusterRepairSymptom(c.Name, c.Target, c.Status, $"{c.Message} {s.Action} heals it.", s.Command))),
            .. rest.Symptoms,
            .. rest.NotRepaired,
        ];
        var failing = left.Where(l => l.Status == CheckStatus.Fail && !IsOff(l.Name, l.Target)).ToArray();
        var failed = steps.FirstOrDefault(s => s.Outcome == ClusterRepairStepOutcome.Failed);
        return new ClusterRepairReport
        {
            OperationId = journal.OperationId,
            ClusterName = ClusterName,
            Succeeded = isDone && failing.Length == 0,
            Reason = failed is not null ? $"{failed.Action}: {failed.Reason}"
                : failing.Length > 0 ? $"The steps were done, and this is left: {string.Join("; ", failing.Take(3).Select(f => $"{f.Name} {f.Target}"))}. {failing[0].Reason}"
                : left.Length > 0 ? "Nothing fails any more; what is left are warnings."
                : "It is well again.",
            Steps = [.. steps],
            NotRepaired = left,
            StartedAt = default,
            Duration = default,
        };
    }

    private ClusterRepairReport StoppedReport(OperationJournal journal, IReadOnlyList<ClusterRepairStep> steps, HealingPlan plan)
    {
        string[] Actions(params ClusterRepairStepOutcome[] outcomes) => [.. steps.Where(s => outcomes.Contains(s.Outcome)).Select(s => s.Action)];
        var (done, planned) = (Actions(ClusterRepairStepOutcome.Healed, ClusterRepairStepOutcome.HealedByItself), Actions(ClusterRepairStepOutcome.Planned));
        string?[] sentences =
        [
            "The user stopped the repair.",
            done.Length > 0 ? $"Healed: {string.Join("; ", done)}." : null,
            .. steps.Where(s => s.Outcome == ClusterRepairStepOutcome.Failed).Select(s => $"{s.Action}: {s.Reason}"),
            planned.Length > 0 ? $"Not begun: {string.Join("; ", planned)}." : null,
            "Repair-Cluster again plans from how the cluster is then.",
        ];
        return new ClusterRepairReport
        {
            OperationId = journal.OperationId,
            ClusterName = ClusterName,
            Succeeded = false,
            Reason = string.Join(' ', sentences.OfType<string>()),
            Steps = [.. steps],
            NotRepaired = plan.ToPlan(ClusterName).NotRepaired,
            StartedAt = default,
            Duration = default,
        };
    }

    private ClusterHealException NotRepaired(string reason) => new(
        ErrorIds.ClusterNotRepaired,
        FaultCategory.VerificationFailed,
        $"The cluster '{ClusterName}' is not well. {reason}",
        ClusterName,
        "The property NotRepaired says for each check what is left to be done. Then test again: Test-ClusterHealth.");

    private void Say(string status) => sink.Progress(new OperationProgress(Activity, status));

    private enum RemedyStage
    {
        NotBegun,
        Begun,
        Done,
    }

    /// <summary>The result of one test of the cluster.</summary>
    private sealed record Look(HealthFacts Facts, IReadOnlyList<CheckResult> Results);
}
