using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Counts what is in the database of a member: the current objects by resource, and the former revisions that stay. Values are measured and not kept.
/// </summary>
/// <param name="client">The member.</param>
internal sealed class SpaceSurvey(EtcdClient client)
{
    private const int FirstPage = 16, LargestPage = 500;
    private const long WantedPageBytes = 4 << 20;

    private static readonly ByteString AllKeys = ByteString.CopyFrom(0);

    /// <summary>Counts the current objects.</summary>
    /// <param name="progress">Is told how many keys were counted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The revision at which all were counted, and the resources, the largest first.</returns>
    public async Task<(long Revision, EtcdSpaceUse[] Resources)> CountAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        var totals = new Dictionary<string, (long Keys, long Bytes)>(StringComparer.Ordinal);
        var request = new RangeRequest { Key = AllKeys, RangeEnd = AllKeys, Limit = FirstPage };
        var counted = 0L;
        while (true)
        {
            var page = await PageAsync(request, cancellationToken).ConfigureAwait(false);
            if (request.Revision == 0) request.Revision = page.Header.Revision;
            foreach (var pair in page.Kvs)
            {
                var name = KubernetesKeys.NameOf(KubernetesKeys.PrefixOf(pair.Key.Span));
                var (keys, bytes) = totals.GetValueOrDefault(name);
                totals[name] = (keys + 1, bytes + StoredSize.Of(pair));
            }

            progress(counted += page.Kvs.Count);
            if (!page.More) break;
            request.Key = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]);
            // Some keys of a kind are small and some are large. So the page size grows slowly.
            var average = Math.Max(1, page.CalculateSize() / page.Kvs.Count);
            request.Limit = Math.Clamp(Math.Min(WantedPageBytes / average, 2 * request.Limit), 1, LargestPage);
        }

        return (request.Revision, [.. totals.Select(total => new EtcdSpaceUse(total.Key, total.Value.Keys, total.Value.Bytes))
            .OrderByDescending(use => use.Bytes).ThenBy(use => use.Resource, StringComparer.Ordinal)]);
    }

    /// <summary>Counts the former revisions that a compaction leaves: what was replaced or deleted after its revision, and the deletions.</summary>
    /// <param name="compactRevision">The revision of the compaction.</param>
    /// <param name="revision">The revision of the count.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="ClusterHealException">Somebody else compacted in the meantime.</exception>
    public async Task<long> CountFormerAsync(long compactRevision, long revision, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        if (compactRevision >= revision) return bytes;
        var request = new WatchCreateRequest
        {
            Key = AllKeys, RangeEnd = AllKeys, StartRevision = compactRevision + 1, PrevKv = true, Fragment = true,
        };
        await foreach (var part in client.WatchAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (part.Canceled) break;
            foreach (var change in part.Events)
            {
                if (change.PrevKv is { } former) bytes += StoredSize.Of(former);
                if (change.Type == Mvccpb.Event.Types.EventType.Delete) bytes += StoredSize.OfDeletion(change.Kv);
                if (change.Kv.ModRevision >= revision && !part.Fragment) return bytes;
            }
        }

        throw new ClusterHealException(
            ErrorIds.AlarmRefused,
            FaultCategory.NotReady,
            $"{client.Endpoint}: revision {compactRevision} was compacted away while the former revisions were counted. Nothing was touched.",
            client.Endpoint.ToString(),
            "Somebody else compacts this cluster. Try again.");
    }

    private async Task<RangeResponse> PageAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await client.RangeAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdProtocol && request.Limit > 1)
            {
                request.Limit /= 2; // More than one message may have.
            }
        }
    }
}
