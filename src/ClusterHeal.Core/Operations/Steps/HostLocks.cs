using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The locks of all hosts of an operation, released together.</summary>
/// <param name="arePart">True for a part of an operation that holds the locks: it takes them for another lease, and leaves them to it.</param>
internal sealed class HostLocks(bool arePart = false) : IAsyncDisposable
{
    // Longer than any restore takes; one that is interrupted is settled with -Force, or waits for this.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    private readonly List<HostLock> _locks = [];

    /// <summary>Takes the lock of each host, in one order for all operators, so that two of them never hold one each and wait.</summary>
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
