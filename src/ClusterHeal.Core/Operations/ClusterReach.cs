using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Finds out what of a cluster can be reached besides its API server.</summary>
public static class ClusterReach
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    /// <summary>True if one of the hosts can be logged in to, or one of etcd's endpoints answers.</summary>
    /// <param name="cluster">The cluster, with the hosts and endpoints that are named.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<bool> AnythingAnswersAsync(ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken)
    {
        foreach (var host in cluster.HostName)
        {
            if (await AnswersAsync(() => LogInAsync(shells.Open(cluster.HostConnectionTo(host)), cancellationToken)).ConfigureAwait(false)) return true;
        }

        return cluster.Endpoint.Count > 0 && await AnswersAsync(() => ClusterEtcd.MembersAsync(cluster, shells, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Logs in to all hosts at once, for a moment.</summary>
    /// <param name="cluster">The cluster, with its hosts.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The hosts that cannot be logged in to, and why, in the order of the connection.</returns>
    public static async Task<IReadOnlyList<(string HostName, ClusterHealException Fault)>> SilentHostsAsync(
        ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken)
    {
        var faults = await Task.WhenAll(cluster.HostName.Select(AskAsync)).ConfigureAwait(false);
        return [.. cluster.HostName.Zip(faults).Where(host => host.Second is not null).Select(host => (host.First, host.Second!))];

        async Task<ClusterHealException?> AskAsync(string host)
        {
            try
            {
                await LogInAsync(shells.OpenForOneScript(cluster.HostConnectionTo(host) with { ConnectTimeout = Moment }), cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (ClusterHealException fault)
            {
                return fault;
            }
        }
    }

    private static async Task LogInAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        await using (shell.ConfigureAwait(false))
        {
            await shell.RunCheckedAsync(new HostScript(":") { Purpose = "log in" }, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> AnswersAsync(Func<Task> ask)
    {
        try
        {
            await ask().ConfigureAwait(false);
            return true;
        }
        catch (ClusterHealException)
        {
            return false;
        }
    }
}
