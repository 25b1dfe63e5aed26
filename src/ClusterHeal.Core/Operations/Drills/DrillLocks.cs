using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Drills;

/// <summary>The locks of a drill: of all control-plane hosts, and of a worker's host if something is stopped there.</summary>
internal sealed class DrillLocks : IAsyncDisposable
{
    private readonly HostLocks _locks = new();
    private readonly List<IHostShell> _opened = [];

    /// <summary>Takes all of them. If this throws, none is held.</summary>
    /// <param name="hosts">The control-plane hosts.</param>
    /// <param name="changed">The hosts on which something is stopped.</param>
    /// <param name="open">Opens a shell on a host that is not in the control plane.</param>
    /// <param name="journal">The drill.</param>
    /// <param name="force">True to take them from other operations.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<DrillLocks> TakeAsync(
        IReadOnlyList<IHostShell> hosts,
        IEnumerable<string> changed,
        Func<string, IHostShell> open,
        OperationJournal journal,
        bool force,
        CancellationToken cancellationToken)
    {
        var taken = new DrillLocks();
        try
        {
            taken._opened.AddRange(changed.Where(name => !hosts.Any(h => HostNames.AreSame(h.HostName, name))).Select(open));
            await taken._locks.TakeAsync([.. hosts, .. taken._opened], journal, force, cancellationToken).ConfigureAwait(false);
            return taken;
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync().ConfigureAwait(false);
        foreach (var shell in _opened) await shell.DisposeAsync().ConfigureAwait(false);
    }
}
