using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Drills;

/// <summary>The locks of a drill: of all control-plane hosts, and of the host of a worker on which something is stopped.</summary>
internal sealed class DrillLocks : IAsyncDisposable
{
    private readonly HostLocks _locks = new();
    private readonly List<IHostShell> _opened = [];

    /// <summary>Takes them all, or none is held when this throws.</summary>
    /// <param name="hosts">The control-plane hosts.</param>
    /// <param name="changed">The hosts on which something is stopped.</param>
    /// <param name="open">Enters one of those that is no control-plane host.</param>
    /// <param name="journal">The drill.</param>
    /// <param name="force">True to take them from whoever has them.</param>
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
