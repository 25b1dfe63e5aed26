using System.Collections.Concurrent;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Stops, starts and restarts components: plan, guard, question, lock, journal, switch, and only then the change. Proof comes last.</summary>
public sealed class ComponentChanger : IDisposable
{
    private readonly ComponentChange _change;
    private readonly IOperationSink _sink;
    private readonly TimeProvider _time;

    // Two members of etcd must not be counted as healthy for each other while both are about to be stopped.
    private readonly SemaphoreSlim _guarded = new(1, 1);

    // A host may be named twice, under two names.
    private readonly ConcurrentDictionary<(HostIdentity Host, ClusterComponent Component), HostConnection> _taken = new();

    private ComponentChanger(ComponentChange change, IOperationSink sink, TimeProvider time)
    {
        _change = change;
        _sink = sink;
        _time = time;
    }

    /// <summary>Does what is wanted on all hosts. A failure on a host is reported to the sink.</summary>
    /// <param name="change">What is wanted.</param>
    /// <param name="sink">Where results, failures and questions go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it. What was stopped by then has its switch armed, or is started again.</param>
    public static async Task RunAsync(ComponentChange change, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        using var changer = new ComponentChanger(change, sink, time);
        await ParallelHosts.RunAsync(change.Targets, change.ThrottleLimit, sink, changer.ChangeHostAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The noun of the cmdlets for a component.</summary>
    internal static string Noun(ClusterComponent component) =>
        component is ClusterComponent.Kubelet or ClusterComponent.ContainerRuntime ? "NodeComponent" : "ControlPlaneComponent";

    /// <inheritdoc/>
    public void Dispose() => _guarded.Dispose();

    private async Task ChangeHostAsync(HostComponents target, CancellationToken cancellationToken)
    {
        var shell = _change.OpenShell(target.Host);
        await using (shell.ConfigureAwait(false))
        {
            var identity = _change.Targets.Count > 1 ? await HostIdentity.AskAsync(shell, cancellationToken).ConfigureAwait(false) : null;
            foreach (var component in target.Components)
            {
                if (identity is not null && _taken.GetOrAdd((identity, component), target.Host) is var first && !ReferenceEquals(first, target.Host))
                {
                    _sink.Warning($"{first} and {target.Host} are one host: its {component} is changed once.");
                    continue;
                }

                // A container runtime may stop a member of etcd, too.
                var isGuarded = component is ClusterComponent.Etcd or ClusterComponent.ApiServer or ClusterComponent.ContainerRuntime
                    && _change.Action != ComponentAction.Start;
                if (isGuarded) await _guarded.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    await ChangeComponentAsync(shell, target.Host, component, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    if (isGuarded) _guarded.Release();
                }
            }
        }
    }

    private async Task ChangeComponentAsync(
        IHostShell shell, HostConnection connection, ClusterComponent component, CancellationToken cancellationToken)
    {
        var (plan, others) = await PlanAsync(shell, component, cancellationToken).ConfigureAwait(false);
        if (IsDone(plan.Current))
        {
            _sink.Verbose($"{plan.Target} is {plan.Current.State} already.");
            if (_change.PassThru) _sink.Emit(plan.Current with { HostConnection = connection });
            return;
        }

        var stops = _change.Action != ComponentAction.Start;
        var isUp = IsUp(plan.Current);
        // A unit that requires the stopped one goes down with it, and counts as much.
        ComponentStatus? GoesDown(ClusterComponent guarded) => !stops || !isUp ? null
            : component == guarded ? plan.Current
            : others.FirstOrDefault(other => other.Component == guarded && other.UnitName is { } unit && plan.Current.DependentUnit.Contains(unit));
        var quorum = GoesDown(ClusterComponent.Etcd) is not null
            ? await QuorumGuard.CountAsync(shell, connection, StoppedTogether(connection), _change.OpenShell, cancellationToken).ConfigureAwait(false)
            : null;
        if (quorum is { IsAtRisk: true } && !_change.Force) throw quorum.Refusal(shell.HostName);
        var target = plan.Target + (_change.Cluster is null ? "" : $" in cluster '{_change.Cluster}'");
        var action = quorum is { Text.Length: > 0 } ? $"{plan}. {quorum.Text}" : plan.ToString();
        if (!await _sink.ConfirmAsync(target, action, cancellationToken).ConfigureAwait(false)) return;
        if (quorum is { IsAtRisk: true }
            && !await _sink.ConfirmDangerAsync("etcd quorum", $"{quorum.Text} Stop it anyway?", cancellationToken).ConfigureAwait(false))
        {
            throw quorum.Refusal(shell.HostName);
        }

        if (GoesDown(ClusterComponent.ApiServer) is { } server)
        {
            await ApiServerGuard.CheckAsync(shell, plan with { Current = server }, _change, _sink, cancellationToken).ConfigureAwait(false);
        }

        var journal = _change.Journal ?? new OperationJournal($"{_change.Action}-{Noun(component)}", _change.JournalFolder, _time);
        // Enough for a stop and a start, and a little more: if this operation dies, its lock should not block others for long.
        var lease = (2 * _change.Timeout) + TimeSpan.FromMinutes(1);
        var held = _change.Journal is null
            ? await HostLock.TakeAsync(shell, journal, lease, _change.Force, cancellationToken).ConfigureAwait(false)
            : null;
        try
        {
            if (held is not null)
            {
                // The plan was made and confirmed without the lock.
                var now = await ComponentFinder.FindAsync(shell, component, cancellationToken).ConfigureAwait(false);
                if (!IsAsPlanned(plan.Current, now)) throw ComponentFault.ChangedMeanwhile(plan, now);
            }

            var run = new ComponentRun(shell, journal, plan, _sink, _time, _change.Timeout);
            if (stops) await run.StopAsync(cancellationToken).ConfigureAwait(false);
            if (_change.Action != ComponentAction.Stop) await run.StartAsync(_change.Wait, cancellationToken).ConfigureAwait(false);
            if (!_change.PassThru) return;
            var after = await ComponentFinder.FindAsync(shell, component, cancellationToken).ConfigureAwait(false);
            _sink.Emit(after with { HostConnection = connection });
        }
        finally
        {
            if (held is not null) await held.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A restart brings each member back before the next one stops.
    private IReadOnlyList<HostConnection> StoppedTogether(HostConnection host) => _change.Action != ComponentAction.Stop
        ? []
        : [.. _change.Targets.Where(t => t.Components.Contains(ClusterComponent.Etcd) && !ReferenceEquals(t.Host, host)).Select(t => t.Host)];

    // The plan, and the other components that it affects: what may go down with it, and the kubelet.
    private async Task<(ComponentPlan Plan, IReadOnlyList<ComponentStatus> Others)> PlanAsync(
        IHostShell shell, ClusterComponent component, CancellationToken cancellationToken)
    {
        ClusterComponent[] others = [ClusterComponent.Kubelet, ClusterComponent.Etcd, ClusterComponent.ApiServer];
        var found = await ComponentFinder.FindAsync(shell, [component, .. others], cancellationToken).ConfigureAwait(false);
        var current = found[0];
        if (current.State == ComponentState.NotFound) throw ComponentFault.NotFound(shell.HostName, component);
        if (current.DependentUnit.Length > 0 && current.StoppedBy is null)
        {
            // Of the units that require it, only the running ones go down with it, and have to come back with it.
            var active = await shell.RunCheckedAsync(Systemd.ActiveOf(current.DependentUnit), cancellationToken).ConfigureAwait(false);
            current = current with { DependentUnit = active.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) };
        }

        var plan = new ComponentPlan { HostName = shell.HostName, Current = current, Action = _change.Action, For = _change.For };
        return plan.Mechanism == ComponentMechanism.StaticPod && found[1].State != ComponentState.Running
            ? throw ComponentFault.KubeletNotRunning(shell.HostName, plan)
            : (plan, [.. found.Skip(1)]);
    }

    private static bool IsAsPlanned(ComponentStatus planned, ComponentStatus now) =>
        IsUp(planned) == IsUp(now) && (planned.Source, planned.StoppedBy, planned.ParkedPath) == (now.Source, now.StoppedBy, now.ParkedPath);

    private static bool IsUp(ComponentStatus status) => status.State is ComponentState.Running or ComponentState.Starting;

    private bool IsDone(ComponentStatus current) => _change.Action switch
    {
        ComponentAction.Stop => current.State is ComponentState.Stopped,
        ComponentAction.Start => current.State is ComponentState.Running && current.StoppedBy is null,
        _ => false,
    };
}
