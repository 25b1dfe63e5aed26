namespace ClusterHeal.Kubernetes;

/// <summary>
/// Asks the server to evict the pods that one budget protects, one after another. If the budget allows none, it waits until it does. Queues of
/// different budgets, and pods without one, run at the same time.
/// </summary>
/// <param name="context">What all queues share.</param>
/// <param name="log">Reports events of the node.</param>
/// <param name="current">The current state of a pod, or null when it is gone.</param>
internal sealed class EvictionQueue(DrainContext context, DrainLog log, Func<string, Pod?> current)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BudgetPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private TimeProvider Time => context.Client.Time;

    /// <summary>Ends when the server has agreed for every pod, or will never agree.</summary>
    public async Task RunAsync(IReadOnlyList<DrainTarget> targets, CancellationToken cancellationToken)
    {
        var failures = 0;
        var allowance = new BudgetAllowance(context, context.BudgetOf(targets[0]));
        while (true)
        {
            EvictionVerdict? blocked = null;
            string? budget = null;
            foreach (var target in InOrder(targets))
            {
                var pod = current(target.Pod.Metadata.Uid);
                // The monitor will see that it is gone.
                if (pod is null) continue;
                if (pod is { IsReady: true, IsTerminating: false } && allowance.Shut() is { } shut)
                {
                    (blocked, budget) = (shut, allowance.Budget);
                    break;
                }

                if (await AskAsync(target, pod, cancellationToken).ConfigureAwait(false) is not { } verdict)
                {
                    if (pod is { IsReady: true, IsTerminating: false }) allowance.Take();
                    continue;
                }

                (blocked, budget) = (verdict, target.Budget);
                if (verdict.Obstacle == EvictionObstacle.Budget && pod.IsReady) allowance.Refused();
                // If the budget allows none, it allows none for the next healthy pod; one that is not Ready may still pass.
                if (verdict.Obstacle != EvictionObstacle.Budget || pod.IsReady) break;
            }

            if (blocked is { Obstacle: EvictionObstacle.Budget or EvictionObstacle.BudgetNotObserved })
            {
                foreach (var target in InOrder(targets)) log.Blocked(target, blocked);
            }

            if (blocked is null && InOrder(targets).All(t => current(t.Pod.Metadata.Uid) is null)) return;
            failures = blocked?.Obstacle is EvictionObstacle.ServerUnavailable or EvictionObstacle.Webhook ? failures + 1 : 0;
            await PauseAsync(blocked, budget, failures, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>First the pods that do not count against the budget, then those that are created again elsewhere and return their part of it.</summary>
    private DrainTarget[] InOrder(IReadOnlyList<DrainTarget> targets) =>
    [
        .. targets
            .Where(t => t.State == DrainTargetState.Asking)
            .OrderBy(t => current(t.Pod.Metadata.Uid)?.IsReady == true)
            .ThenBy(t => t.Pod.Metadata.Controller is null)
            .ThenBy(t => t.Pod.Metadata.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Asks once. Null if the server agreed, or will never agree.</summary>
    private async Task<EvictionVerdict?> AskAsync(DrainTarget target, Pod pod, CancellationToken cancellationToken)
    {
        var (client, options) = (context.Client, context.Options);
        // As kubectl's, a drain shortens a grace period that has begun. The server lengthens none.
        if (pod.IsTerminating && !(options.GracePeriodSec < pod.Metadata.DeletionGracePeriodSeconds))
        {
            log.Agreed(target);
            return null;
        }

        await context.Requests.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (target.Action == PodDrainAction.Delete)
                await client.DeleteAsync(pod, options.GracePeriodSec, cancellationToken).ConfigureAwait(false);
            else
                await client.EvictAsync(pod, options.GracePeriodSec, dryRun: false, cancellationToken).ConfigureAwait(false);
            log.Agreed(target);
            return null;
        }
        catch (ClusterHealException e)
        {
            var verdict = EvictionVerdict.Read(e, client.Connection.Credentials.CanRenew);
            if (verdict.PodIsGone)
            {
                // Another pod with the same name may be there by now; the watch reports when this one is gone.
                log.Agreed(target);
                return null;
            }

            if (verdict.IsFinal)
            {
                log.Failed(target, verdict);
                return null;
            }

            var note = verdict.Obstacle == EvictionObstacle.BudgetNotObserved
                ? await ControllerManagerNoteAsync(cancellationToken).ConfigureAwait(false)
                : "";
            log.Blocked(target, verdict with { Message = verdict.Message + note });
            return verdict;
        }
        finally
        {
            context.Requests.Release();
        }
    }

    private async Task PauseAsync(EvictionVerdict? verdict, string? budget, int failures, CancellationToken cancellationToken)
    {
        var pause = verdict?.Obstacle switch
        {
            null => ShortestPause,
            EvictionObstacle.Budget or EvictionObstacle.BudgetNotObserved or EvictionObstacle.BudgetOutOfOrder => verdict.RetryAfter ?? BudgetPause,
            EvictionObstacle.ServerBusy => verdict.RetryAfter ?? TimeSpan.FromSeconds(1),
            EvictionObstacle.NamespaceTerminating or EvictionObstacle.NamespaceMissing => TimeSpan.FromSeconds(5),
            _ => verdict.RetryAfter ?? TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1) / 2, LongestPause.TotalSeconds)),
        };
        await Task.Delay(pause < ShortestPause ? pause : ShortestPause, Time, cancellationToken).ConfigureAwait(false);
        var rest = pause - ShortestPause;
        if (rest <= TimeSpan.Zero) return;
        if (budget is null || context.Budgets is null)
        {
            await Task.Delay(rest, Time, cancellationToken).ConfigureAwait(false);
            return;
        }

        await UntilOpenAsync(budget, rest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the budget allows an eviction, or is deleted; at most for the given time, because the watch may be behind.</summary>
    private async Task UntilOpenAsync(string budget, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(longest, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        while (!either.IsCancellationRequested)
        {
            var change = context.Budgets!.NextChange;
            if (context.Budget(budget) is not { } now) break;
            if (now.Status.DisruptionsAllowed > 0 && now.Status.ObservedGeneration >= now.Metadata.Generation) break;
            await change.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Only the controller manager acts on a changed budget. While it is down, nothing allows the eviction.</summary>
    private async Task<string> ControllerManagerNoteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lease = await context.Client.FindAsync(Resources.Leases, "kube-system", "kube-controller-manager", cancellationToken).ConfigureAwait(false);
            var term = TimeSpan.FromSeconds(lease?.Spec.LeaseDurationSeconds ?? 0);
            if (lease?.Spec.RenewTime is { } renewed && context.Client.ServerNow - renewed > term)
                return $" The controller manager, which has to look at it, has not renewed its lease since {renewed.UtcDateTime:u}.";
        }
        catch (KubernetesException e)
        {
            context.Sink.Verbose($"The lease of the controller manager could not be read: {e.Message}");
        }

        return "";
    }
}
