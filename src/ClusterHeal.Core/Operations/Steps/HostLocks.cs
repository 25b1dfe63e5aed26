using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The locks of all hosts of an operation, released together.</summary>
/// <param name="arePart">True for a part of an operation that already has the locks: it extends them, and does not release them.</param>
internal sealed class HostLocks(bool arePart = false) : IAsyncDisposable
{
    // Longer than any restore takes. An interrupted operation is ended with -Force, or after this time.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    private readonly List<HostLock> _locks = [];

    /// <summary>Takes the lock of each host, always in the same order, so that two operators never hold one each and wait.</summary>
    public async Task TakeAsync(IEnumerable<IHostShell> hosts, OperationJournal journal, bool force, CancellationToken cancellationToken)
    {
        foreach (var host in hosts.OrderBy(h => h.HostName, StringComparer.Ordinal))
        {
            if (arePart) await HostLock.ExtendAsync(host, journal, Lease, force, cancellationToken).ConfigureAwait(false);
            else _locks.Add(await HostLock.TakeAsync(host, journal, Lease, force, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var held in _locks) await held.DisposeAsync().ConfigureAwait(false);
    }
}
