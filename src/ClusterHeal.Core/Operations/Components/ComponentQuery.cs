using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Looks at components on several hosts: one login and one script for each host.</summary>
public static class ComponentQuery
{
    /// <summary>Returns the status of each component that a host has, as soon as the host has answered.</summary>
    /// <param name="hosts">The hosts, and what to look for on each.</param>
    /// <param name="all">True to return also what a host does not have, with the state <see cref="ComponentState.NotFound"/>.</param>
    /// <param name="throttleLimit">How many hosts at once.</param>
    /// <param name="shells">Opens the connections to them.</param>
    /// <param name="sink">Where results and failures go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task RunAsync(
        IReadOnlyList<HostComponents> hosts,
        bool all,
        int throttleLimit,
        HostShells shells,
        IOperationSink sink,
        CancellationToken cancellationToken) =>
        ParallelHosts.RunAsync(hosts, throttleLimit, sink, async (target, stop) =>
        {
            var shell = shells.OpenForOneScript(target.Host);
            await using (shell.ConfigureAwait(false))
            {
                var found = await ComponentFinder.FindAsync(shell, target.Components, stop).ConfigureAwait(false);
                foreach (var status in found.Where(status => all || status.State != ComponentState.NotFound))
                {
                    sink.Emit(status with { HostConnection = target.Host });
                }
            }
        }, cancellationToken);
}
