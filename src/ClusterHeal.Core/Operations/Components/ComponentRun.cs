using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The change of one component on one host, whose lock is held.</summary>
internal sealed class ComponentRun(
    IHostShell shell, OperationJournal journal, ComponentPlan plan, IOperationSink sink, TimeProvider time, TimeSpan timeout)
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);
    private readonly string _key = ComponentDefinition.Of(plan.Component).Key;
    private readonly ComponentStatus _before = plan.Current;

    private string _parked = plan.Current.ParkedPath ?? "";

    private bool IsPod => plan.Mechanism == ComponentMechanism.StaticPod;

    // Beside the kubelet's folder, so that the move is one rename. The name has the operation's ID, and so the time. An operation that stops a
    // component twice parks its manifest twice.
    private string NewParkedPath()
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(_before.ManifestPath!))!.Replace('\\', '/').TrimEnd('/');
        var path = $"{folder}/clusterheal/{journal.OperationId}/{Path.GetFileName(_before.ManifestPath!)}";
        return path == _before.ParkedPath ? path + time.GetUtcNow().ToString("'.'HHmmssfff", CultureInfo.InvariantCulture) : path;
    }

    /// <summary>Arms the switch, reports it, stops the component, and waits until it is really down.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (IsPod && _before.ParkedPath is { } former) Say($"{plan.Target}: {former}, which operation {_before.StoppedBy} moved aside, is left there; the manifest has come again since.");
        _parked = IsPod ? NewParkedPath() : "";
        HealStep[] steps = IsPod
            ? [HealStep.MoveBack(_parked, _before.ManifestPath!)]
            : [HealStep.Start(_before.UnitName!), .. _before.DependentUnit.Select(HealStep.Start)];
        var facts = new StopRecord(_before.Source!, _parked, [.. _before.DependentUnit]);
        var armed = await DeadMansSwitch.ArmAsync(shell, journal, _key, plan.For, steps, facts, cancellationToken).ConfigureAwait(false);
        // Reported before the stop: an interrupted pipeline of PowerShell can report nothing any more.
        if (plan.Action == ComponentAction.Stop) sink.Warning(armed is null ? WithoutSwitch : Announcement(armed));
        try
        {
            await shell.RunCheckedAsync(StopScript(), cancellationToken).ConfigureAwait(false);
            await WaitAsync(IsDown, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await LeaveInterruptedAsync(armed).ConfigureAwait(false);
            throw;
        }
        catch (HostShellException e) when (e is { ScriptState: HostScriptState.Finished, ErrorId: not ErrorIds.ComponentTimeout })
        {
            await LeaveRefusedAsync().ConfigureAwait(false);
            throw;
        }
        catch (HostShellException e) when (e.ErrorId != ErrorIds.ComponentTimeout)
        {
            // The error's state of the script is that of the last question to the host, not of the stop.
            Say($"{plan.Target}: the stop had begun when the host could be asked no more, so it may be down. {(armed is null ? WithoutSwitch : Announcement(armed))}");
            throw;
        }
    }

    /// <summary>Starts the component and what went down with it, disarms the switch, and waits until it runs, or answers.</summary>
    /// <param name="untilItAnswers">True to wait for its port, and an API server's <c>/livez</c>, too.</param>
    /// <param name="cancellationToken">Ends the wait; a started component stays started.</param>
    public async Task StartAsync(bool untilItAnswers, CancellationToken cancellationToken)
    {
        // If the manifest is in place, as after a host that healed itself, only the kubelet needs time.
        if (!IsPod || _parked.Length > 0) await shell.RunCheckedAsync(StartScript(), cancellationToken).ConfigureAwait(false);
        await DeadMansSwitch.DisarmAsync(shell, journal, _key, cancellationToken).ConfigureAwait(false);
        var status = await WaitAsync(now => now.State == ComponentState.Running && (!untilItAnswers || now.Port is null || now.IsListening), cancellationToken)
            .ConfigureAwait(false);
        if (!untilItAnswers || plan.Component != ClusterComponent.ApiServer) return;
        var probe = new ApiServerProbe(shell, status);
        await WaitAsync(_ => probe.IsLiveAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private HostScript StopScript() => IsPod
        ? journal.Step(shell.HostName, $"move {_before.ManifestPath} to {_parked}", HostScript.Text("park-manifest"), _before.ManifestPath!, _parked)
        : journal.Step(shell.HostName, $"stop {_before.UnitName}", Systemd.StopUnit, _before.UnitName!).WithTimeout(timeout);

    private HostScript StartScript()
    {
        if (!IsPod)
        {
            string[] units = [_before.UnitName!, .. _before.DependentUnit];
            return journal.Step(shell.HostName, $"start {string.Join(' ', units)}", Systemd.StartUnits, units).WithTimeout(timeout);
        }

        return journal.Step(shell.HostName, $"move {_parked} back to {_before.ManifestPath}", HostScript.Text("unpark-manifest"), _parked, _before.ManifestPath!);
    }

    private bool IsDown(ComponentStatus now) =>
        now.State is ComponentState.Stopped or ComponentState.Failed && now.ProcessId is null && !(_before.IsListening && now.IsListening);

    private Task<ComponentStatus> WaitAsync(Func<ComponentStatus, bool> isThere, CancellationToken cancellationToken) =>
        WaitAsync(now => Task.FromResult(isThere(now)), cancellationToken);

    private async Task<ComponentStatus> WaitAsync(Func<ComponentStatus, Task<bool>> isThereAsync, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (status, isThere) = await new Waiting(time, timeout, Pause).UntilAsync(LookAsync, look => look.IsThere, cancellationToken).ConfigureAwait(false);
        return isThere ? status : throw ComponentFault.Timeout(plan, status, time.GetElapsedTime(began));

        async Task<(ComponentStatus Status, bool IsThere)> LookAsync(CancellationToken stop)
        {
            var now = await ComponentFinder.FindAsync(shell, plan.Component, stop).ConfigureAwait(false);
            if (await isThereAsync(now).ConfigureAwait(false)) return (now, true);
            sink.Progress(new OperationProgress($"{plan.Action} {plan.Target}", $"{now.State} after {time.GetElapsedTime(began).TotalSeconds:0} s"));
            return (now, false);
        }
    }

    // It is not known whether the host still does the stop. With a switch this does not matter: the switch stays armed, and does nothing if the
    // component runs. Without a switch the component is started again.
    private async Task LeaveInterruptedAsync(ArmedSwitch? armed)
    {
        if (armed is not null)
        {
            Say($"The stop was interrupted; the switch stays armed. {Announcement(armed)}");
            return;
        }

        using var soon = new CancellationTokenSource(CleanUpTime, time);
        try
        {
            await shell.RunCheckedAsync(StartScript(), soon.Token).ConfigureAwait(false);
            await DeadMansSwitch.DisarmAsync(shell, journal, _key, soon.Token).ConfigureAwait(false);
            Say($"The stop was interrupted, and {plan.Target} was started again.");
        }
        catch (Exception e) when (e is HostShellException or OperationCanceledException)
        {
            Say($"The stop was interrupted, {plan.Target} may be down, and it could not be started again: {e.Message}");
        }
    }

    // The host says that it did not do it. If the component runs as before, there is nothing to heal.
    private async Task LeaveRefusedAsync()
    {
        using var soon = new CancellationTokenSource(CleanUpTime, time);
        try
        {
            var now = await ComponentFinder.FindAsync(shell, plan.Component, soon.Token).ConfigureAwait(false);
            if (now.State == ComponentState.Running) await DeadMansSwitch.DisarmAsync(shell, journal, _key, soon.Token).ConfigureAwait(false);
            else Say($"{plan.Target} is {now.State}, and the switch stays armed.");
        }
        catch (Exception e) when (e is HostShellException or OperationCanceledException)
        {
            Say($"{plan.Target}: the switch stays armed ({e.Message}).");
        }
    }

    private void Say(string message)
    {
        journal.Note(shell.HostName, message);
        sink.Warning(message);
    }

    private string WithoutSwitch => $"{plan.Target}: the host will not start it again by itself. A stop that is interrupted here is undone at once.";

    private string Announcement(ArmedSwitch armed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.Target}: the host starts it again by itself at {armed.FiresAt:yyyy-MM-dd HH:mm:ss} UTC of its clock, and when it boots (timer {armed.Timer}; "
            + $"'{Systemd.Timers}' there shows it). Start-{ComponentChanger.Noun(plan.Component)} starts it sooner.");
}
