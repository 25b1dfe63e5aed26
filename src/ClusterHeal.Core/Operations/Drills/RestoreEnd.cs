using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Drills;

/// <summary>Makes sure that the restore of a drill has ended on all hosts, wherever it stopped, and that what it stopped runs.</summary>
internal static class RestoreEnd
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ends an unfinished restore as the hosts would by themselves: with the data that have the quorum. Then waits until everything runs and the API
    /// servers are ready.
    /// </summary>
    /// <param name="shells">The control-plane hosts.</param>
    /// <param name="journal">The drill. The restore has its ID, and it has the locks.</param>
    /// <param name="sink">Takes the progress.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <returns>What was done, step by step.</returns>
    /// <exception cref="ClusterHealException">A host does not answer, or something does not start.</exception>
    public static async Task<IReadOnlyList<string>> BringAboutAsync(
        IReadOnlyList<IHostShell> shells, OperationJournal journal, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = new StepLog($"Ending the restore of the drill {journal.OperationId}", sink, time);
        try
        {
            await new FormerRestores(shells, journal, log, locksAreHeld: true).EndAsync(journal.OperationId, cancellationToken).ConfigureAwait(false);
            await log.RunAsync("See that etcd and the control plane run", () => AwaitAsync(shells, time, cancellationToken)).ConfigureAwait(false);
            return [.. log.Steps.Select(step => $"{step.Name}: {step.Message}")];
        }
        finally
        {
            log.Complete();
        }
    }

    private static async Task<string?> AwaitAsync(IReadOnlyList<IHostShell> shells, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await new Waiting(time, Patience, Pause).UntilAsync(
            stop => Task.WhenAll(shells.Select(shell => ComponentFinder.FindAsync(shell, ComponentDefinition.ControlPlane, stop))),
            found => !Down(found).Any(),
            cancellationToken).ConfigureAwait(false);
        if (Down(found).ToArray() is { Length: > 0 } down) throw NotUp(down);
        var servers = shells.Zip(found).SelectMany(host =>
            host.Second.Where(c => c is { Component: ClusterComponent.ApiServer, State: ComponentState.Running }).Select(c => (host.First, c)));
        return await new RestoredApiServers([.. servers], Patience, time).AwaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<ComponentStatus> Down(IEnumerable<IReadOnlyList<ComponentStatus>> found) =>
        found.SelectMany(c => c).Where(c => c.State is not (ComponentState.Running or ComponentState.NotFound));

    private static ClusterHealException NotUp(IReadOnlyList<ComponentStatus> down) => new(
        ErrorIds.RestoreNotProven,
        FaultCategory.VerificationFailed,
        $"{Patience.TotalSeconds:0} seconds after the end of the restore these do not run: "
            + $"{string.Join(", ", down.Select(c => $"{c.Component} on {c.HostName} ({c.State})"))}.",
        string.Join(", ", down.Select(c => c.HostName).Distinct()),
        "Look into their logs on the hosts, and undo the drill again.");
}
