using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// Runs a drill: checks whether the cluster is healthy, predicts from its flags, breaks, watches, heals, and checks again. However it ends, what it
/// broke is healed first.
/// </summary>
/// <param name="request">What is wanted.</param>
/// <param name="sink">Takes the plan or the report, progress and failures, and asks before anything is changed.</param>
/// <param name="time">The clock.</param>
public sealed class FailureDrillRun(FailureDrillRequest request, IOperationSink sink, TimeProvider time)
{
    /// <summary>The name of the operation in the journals.</summary>
    public const string Operation = "Invoke-FailureDrill";

    // A leader that changes at this very moment is no fault.
    private static readonly TimeSpan BlinkPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CanaryPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CleanUpPatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan WellPatience = TimeSpan.FromMinutes(2);

    private string Activity => $"{request.Drill} drill of {request.Kubernetes.ClusterName}";

    /// <summary>
    /// Runs it. Emits the plan if only a plan is wanted, otherwise the report. If it ended early, or the cluster is not healthy again, an error follows the report.
    /// </summary>
    /// <param name="cancellationToken">Ends it: what is broken by then is healed before this returns.</param>
    /// <exception cref="ClusterHealException">It was refused, or failed before anything was broken.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var files = ReportFiles.At(request.ReportPath);
            var cluster = await DrillCluster.LookAsync(request, time, cancellationToken).ConfigureAwait(false);
            await using (cluster.ConfigureAwait(false))
            {
                await RunAsync(cluster, files, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            sink.Progress(new OperationProgress(Activity, "done") { Completed = true });
        }
    }

    private async Task RunAsync(DrillCluster cluster, ReportFiles files, CancellationToken cancellationToken)
    {
        var journal = new OperationJournal(Operation, request.JournalFolder, time);
        var canary = new Canary(cluster.Api, journal.OperationId, request.Image);
        var context = new DrillContext(request, cluster, canary, journal, sink, time);
        var script = DrillCatalogue.Of(request.Drill).Write(context);
        var recorder = new DrillRecorder(script.Probes, request.Pause, time);
        await using (recorder.ConfigureAwait(false))
        {
            Enter(recorder, DrillPhase.SteadyState);
            var ills = await SteadyState.WaitAsync(cluster, BlinkPatience, time, cancellationToken).ConfigureAwait(false);
            if (ills.Count > 0) throw DrillFault.NotWell(cluster.Name, ills);
            var plan = Plan(context, script) with { Step = [.. await script.LookAsync(cancellationToken).ConfigureAwait(false)] };
            if (!await IsAgreedAsync(plan, script, cancellationToken).ConfigureAwait(false))
            {
                sink.Emit(plan);
                return;
            }

            var report = await ApplyAsync(context, script, plan, recorder, cancellationToken).ConfigureAwait(false);
            sink.Emit(report);
            // A drill that the user stopped has its report, too.
            await files.WriteAsync(DrillReportPage.Of(report), CancellationToken.None).ConfigureAwait(false);
            if (DrillFault.Of(report) is { } fault) sink.Fail(fault);
        }
    }

    private async Task<bool> IsAgreedAsync(DrillPlan plan, DrillScript script, CancellationToken cancellationToken)
    {
        var target = $"cluster '{plan.ClusterName}' ({string.Join(", ", plan.TargetName)})";
        if (!await sink.ConfirmAsync(target, plan.ToString(), cancellationToken).ConfigureAwait(false)) return false;
        if (script.Danger is null) return true;
        if (await sink.ConfirmDangerAsync("drill", $"{script.Danger} Begin the drill anyway?", cancellationToken).ConfigureAwait(false)) return true;
        throw DrillFault.NotAgreed(plan, script.Danger);
    }

    private DrillPlan Plan(DrillContext context, DrillScript script)
    {
        var plan = new DrillPlan
        {
            Drill = request.Drill,
            OperationId = context.Journal.OperationId,
            ClusterName = context.Cluster.Name,
            TargetName = [.. script.Targets],
            Injection = script.Injection,
            Namespace = context.Canary.Namespace,
            Hypotheses = [.. script.Hypotheses.Select(h => h.Text)],
            Guard = [.. script.Guards.Select(g => g.Rule)],
            HealAfter = TimeSpan.Zero,
            Longest = script.Hypotheses.Where(h => h.Text.Phase != DrillPhase.Recovery).Max(h => h.Text.Latest),
        };
        if (script.HealAfter is { } own) return plan with { HealAfter = own };
        if (!script.Mark.HealsAlone) return plan;
        // Half as long again, and time for the stop itself: the switch must not fire while the drill still watches.
        var fitting = TimeSpan.FromSeconds(Math.Ceiling(plan.Longest.TotalSeconds * 1.5)) + TimeSpan.FromMinutes(2);
        return request.HealAfter is not { } wanted || wanted > plan.Longest
            ? plan with { HealAfter = request.HealAfter ?? fitting }
            : throw context.Refused(
                $"The hosts would bring back what is broken after {wanted}, while the drill has to watch for {plan.Longest.TotalSeconds:0} s.",
                "Give -For a longer time, or leave it out.");
    }

    private async Task<DrillReport> ApplyAsync(
        DrillContext context, DrillScript script, DrillPlan plan, DrillRecorder recorder, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        Enter(recorder, DrillPhase.Preparation);
        var locks = await DrillLocks.TakeAsync(
            [.. context.Cluster.Hosts.Select(h => h.Shell)],
            script.Mark.Components.Keys,
            name => request.OpenShell(request.NodeHost(name)),
            context.Journal,
            request.Force,
            cancellationToken).ConfigureAwait(false);
        await using var unlock = locks.ConfigureAwait(false);
        try
        {
            await RecordAsync(context, script, startedAt, cancellationToken).ConfigureAwait(false);
            await StartCanaryAsync(context, script, cancellationToken).ConfigureAwait(false);
            await script.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await CleanUpAsync(context).ConfigureAwait(false);
            throw;
        }

        recorder.Start();
        var watch = new DrillWatch(script, recorder, sink, time);
        var why = await BreakAsync(context, script, plan, recorder, cancellationToken).ConfigureAwait(false);
        Enter(recorder, DrillPhase.Observation);
        why ??= await watch.WatchAsync(DrillPhase.Observation, Activity, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<DrillHypothesis> judged = [.. watch.Judge(DrillPhase.Injection), .. watch.Judge(DrillPhase.Observation)];
        Enter(recorder, DrillPhase.Healing);
        var notHealed = await HealAsync(script).ConfigureAwait(false);
        judged = [.. judged, .. watch.Judge(DrillPhase.Healing)];
        Enter(recorder, DrillPhase.Recovery);
        if (notHealed is null) why ??= await watch.WatchAsync(DrillPhase.Recovery, Activity, cancellationToken).ConfigureAwait(false);
        judged = [.. judged, .. watch.Judge(DrillPhase.Recovery)];
        notHealed ??= await SettleAsync(context, why is null, cancellationToken).ConfigureAwait(false);
        Enter(recorder, DrillPhase.CleanUp);
        await recorder.StopAsync().ConfigureAwait(false);
        // What could not be healed stays on record, for Undo-FailureDrill.
        if (notHealed is null) await CleanUpAsync(context).ConfigureAwait(false);
        return Report(context, script, judged, recorder, startedAt, why, notHealed);
    }

    private static async Task RecordAsync(DrillContext context, DrillScript script, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var record = new DrillRecord
        {
            OperationId = context.Journal.OperationId,
            Drill = context.Request.Drill,
            ClusterName = context.Cluster.Name,
            Operator = context.Journal.Operator,
            StartedAt = startedAt,
            Namespace = context.Canary.Namespace,
            Components = script.Mark.Components,
            CordonedNode = script.Mark.CordonedNode,
            Restores = script.Mark.Restores,
            LostMember = script.Mark.LostMember,
            FullMember = script.Mark.FullMember,
        };
        foreach (var host in context.Cluster.Hosts) await record.WriteAsync(host.Shell, context.Journal, cancellationToken).ConfigureAwait(false);
    }

    private async Task StartCanaryAsync(DrillContext context, DrillScript script, CancellationToken cancellationToken)
    {
        var canary = context.Canary;
        IReadOnlyList<string> nodes = script.CanaryNodes.Count > 0 ? script.CanaryNodes : [.. context.Cluster.Workers.Take(3).Select(n => n.Metadata.Name)];
        if (nodes.Count == 0) throw context.Refused("There is no node that takes pods.", "Look at Get-NodeStatus.");
        var labels = context.Cluster.Nodes.Where(n => nodes.Contains(n.Metadata.Name))
            .Select(n => n.Metadata.Labels?.GetValueOrDefault("kubernetes.io/hostname") ?? n.Metadata.Name);
        await canary.CreateAsync([.. labels], cancellationToken).ConfigureAwait(false);
        var last = await new Waiting(time, CanaryPatience, DrillWatch.Look).UntilAsync(LookAsync, look => look.Serves, cancellationToken).ConfigureAwait(false);
        if (!last.Serves) throw DrillFault.NoCanary(context, last.Ready, last.IsWhole, CanaryPatience);

        async Task<(int Ready, bool IsWhole, bool Serves)> LookAsync(CancellationToken stop)
        {
            var pods = await canary.PodsAsync(stop).ConfigureAwait(false);
            var ready = pods.Where(p => p.IsReady).Select(p => p.Spec.NodeName).ToArray();
            var isWhole = ready.Length == canary.Replicas && script.CanaryNodes.All(ready.Contains);
            return (ready.Length, isWhole, isWhole && await script.Serving.FindWaysAsync(stop).ConfigureAwait(false));
        }
    }

    // Returns why it ended early, or null. Throws nothing: whatever fails here, what is broken by then has to be healed.
    private async Task<string?> BreakAsync(
        DrillContext context, DrillScript script, DrillPlan plan, DrillRecorder recorder, CancellationToken cancellationToken)
    {
        Enter(recorder, DrillPhase.Injection);
        try
        {
            context.Journal.Note(null, script.Injection);
            await script.InjectAsync(plan.HealAfter, cancellationToken).ConfigureAwait(false);
            await script.ProvokeAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return cancellationToken.IsCancellationRequested ? DrillWatch.StoppedByUser : e.Message;
        }
    }

    // Not with the user's token: what was broken is healed even if the user stops the drill. Returns why it is not healed, or null.
    private async Task<string?> HealAsync(DrillScript script)
    {
        using var patience = new CancellationTokenSource(script.HealPatience, time);
        try
        {
            await script.HealAsync(patience.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return patience.IsCancellationRequested ? $"What was broken did not come back within {script.HealPatience}." : e.Message;
        }
    }

    // Waits until the cluster is healthy again. If the user stopped the drill, it does not wait; the next drill checks again.
    private async Task<string?> SettleAsync(DrillContext context, bool waits, CancellationToken cancellationToken)
    {
        try
        {
            if (!waits && cancellationToken.IsCancellationRequested) return null;
            var ills = await SteadyState.WaitAsync(context.Cluster, WellPatience, time, cancellationToken).ConfigureAwait(false);
            return ills.Count == 0 ? null : string.Join(' ', ills);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task CleanUpAsync(DrillContext context)
    {
        using var patience = new CancellationTokenSource(CleanUpPatience, time);
        try
        {
            await context.Canary.DeleteAsync(patience.Token).ConfigureAwait(false);
            foreach (var host in context.Cluster.Hosts) await DrillRecord.RemoveAsync(host.Shell, context.Journal, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            sink.Warning($"Something of the drill {context.Journal.OperationId} is left: {e.Message} Undo-FailureDrill takes it away.");
        }
    }

    private void Enter(DrillRecorder recorder, DrillPhase phase)
    {
        recorder.Enter(phase);
        sink.Progress(new OperationProgress(Activity, $"{phase}"));
        sink.Verbose($"{phase}");
    }

    private DrillReport Report(
        DrillContext context,
        DrillScript script,
        IReadOnlyList<DrillHypothesis> judged,
        DrillRecorder recorder,
        DateTimeOffset startedAt,
        string? why,
        string? notHealed)
    {
        var (verdict, reason) = DrillJudgement.Of(judged, why, notHealed);
        return new DrillReport
        {
            Drill = request.Drill,
            OperationId = context.Journal.OperationId,
            ClusterName = context.Cluster.Name,
            TargetName = [.. script.Targets],
            Injection = script.Injection,
            Verdict = verdict,
            Reason = reason,
            Hypotheses = [.. judged],
            Observations = [.. recorder.Observations],
            Phases = [.. recorder.Phases],
            StartedAt = startedAt,
            Duration = recorder.Now,
            Kept = [.. script.Keep()],
            BrokenFor = recorder.Began(DrillPhase.Recovery) - recorder.Began(DrillPhase.Injection),
        };
    }
}
