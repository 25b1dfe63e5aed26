using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Finds the revision of some minutes ago. etcd keeps no times, but each component of Kubernetes renews a lease every few seconds and writes the time
/// into it, so the former revisions of one lease are a clock. It counts from its last renewal: while the alarm is raised, nothing is written.
/// </summary>
internal sealed class RevisionClock
{
    private static readonly string[] Prefixes = ["/registry/leases/", "/kubernetes.io/leases/"];

    private readonly EtcdClient _client;
    private readonly ByteString _lease;
    private readonly long _created, _revision;
    private readonly DateTimeOffset _now;

    /// <summary>The time from which it counts back.</summary>
    public DateTimeOffset Now => _now;

    private RevisionClock(EtcdClient client, ByteString lease, long created, long revision, DateTimeOffset now) =>
        (_client, _lease, _created, _revision, _now) = (client, lease, created, revision, now);

    /// <summary>Finds the lease with the most renewals, among those that were renewed last.</summary>
    /// <param name="client">A member.</param>
    /// <param name="revision">The current revision.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The clock, or null if there is no lease that can be read.</returns>
    public static async Task<RevisionClock?> FindAsync(EtcdClient client, long revision, CancellationToken cancellationToken)
    {
        const int Latest = 10;
        var clocks = new List<(long Renewals, RevisionClock Clock)>();
        foreach (var prefix in Prefixes)
        {
            var request = new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(prefix),
                RangeEnd = ByteString.CopyFromUtf8(prefix[..^1] + (char)('/' + 1)),
                Revision = revision,
                Limit = Latest,
                SortTarget = RangeRequest.Types.SortTarget.Mod,
                SortOrder = RangeRequest.Types.SortOrder.Descend,
            };
            foreach (var pair in (await client.RangeAsync(request, cancellationToken).ConfigureAwait(false)).Kvs)
            {
                if (StoredLease.RenewTime(pair.Value.Span) is not { } now) continue;
                clocks.Add((pair.Version, new RevisionClock(client, pair.Key, pair.CreateRevision, revision, now)));
            }
        }

        return clocks.Count == 0 ? null : clocks.MaxBy(clock => clock.Renewals).Clock;
    }

    /// <summary>The last revision of at least this age.</summary>
    /// <param name="age">The age.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The revision, and whether it is already compacted; null if the lease is younger.</returns>
    public async Task<(long Revision, bool IsCompacted)?> RevisionBeforeAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var (low, high) = (_created, _revision);
        var oldest = await IsOldAsync(low, age, cancellationToken).ConfigureAwait(false);
        if (!oldest.IsOld) return null;
        var found = (Revision: low, oldest.IsCompacted);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var (isOld, isCompacted) = await IsOldAsync(middle, age, cancellationToken).ConfigureAwait(false);
            if (isOld) (found, low) = ((middle, isCompacted), middle + 1);
            else high = middle - 1;
        }

        return found;
    }

    private async Task<(bool IsOld, bool IsCompacted)> IsOldAsync(long revision, TimeSpan age, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.RangeAsync(new RangeRequest { Key = _lease, Revision = revision, Serializable = true }, cancellationToken).ConfigureAwait(false);
            // One that cannot be read counts as young, and stays.
            return (answer.Kvs is [var pair] && StoredLease.RenewTime(pair.Value.Span) is { } time && _now - time >= age, false);
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted)
        {
            return (true, true);
        }
    }
}
