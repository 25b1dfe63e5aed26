using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations;

/// <summary>
/// The live objects of a cluster, by the keys of its etcd: all at one revision. Values are not read, so no Secret leaves the server. With the keys of
/// encryption at rest, one kind of value is read: those that were encrypted in the snapshot and were written since.
/// </summary>
/// <param name="connection">Where etcd is.</param>
public sealed class ComparedEtcd(EtcdConnection connection) : ComparedState
{
    /// <summary>How many keys are asked for at a time.</summary>
    internal int PageSize { get; init; } = 5000;

    /// <inheritdoc/>
    internal override string Name => $"the live cluster at {connection}";

    /// <inheritdoc/>
    internal override async Task VisitAsync(ComparisonScope scope, VisitCompared visit, IOperationSink sink, CancellationToken cancellationToken)
    {
        using var client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var request = new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0), KeysOnly = true, Limit = PageSize };
        ByteString? kubeSystem = null;
        while (true)
        {
            var page = await client.RangeAsync(request, cancellationToken).ConfigureAwait(false);
            Requests++;
            if (request.Revision == 0) request.Revision = page.Header.Revision;
            foreach (var pair in page.Kvs)
            {
                if (StorageKeys.IsKubeSystem(pair.Key.Span)) kubeSystem = pair.Key;
                if (scope.Keys.Parse(pair.Key.Span) is not { } key) continue;
                var value = scope.NeedsValue(key, pair.ModRevision) ? await ValueAsync(client, pair.Key, request.Revision, cancellationToken).ConfigureAwait(false) : [];
                visit(key, "", new StoredBytes(pair.Key.ToStringUtf8(), pair.ModRevision, value));
            }

            if (!page.More) break;
            request.Key = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]);
        }

        sink.Verbose($"Read the keys of {connection} at revision {request.Revision} in {Requests} request(s).");
        if (kubeSystem is null) return;
        var found = await ValueAsync(client, kubeSystem, request.Revision, cancellationToken).ConfigureAwait(false);
        ClusterUid = StorageMetadata.Read(StorageEnvelope.Open(found))?.Uid ?? "";
    }

    private async Task<byte[]> ValueAsync(EtcdClient client, ByteString key, long revision, CancellationToken cancellationToken)
    {
        var found = await client.RangeAsync(new RangeRequest { Key = key, Revision = revision }, cancellationToken).ConfigureAwait(false);
        Requests++;
        return found.Kvs is [var pair] ? pair.Value.ToByteArray() : [];
    }

    /// <summary>The first endpoint that answers.</summary>
    private async Task<EtcdClient> OpenAsync(CancellationToken cancellationToken)
    {
        ClusterHealException? fault = null;
        foreach (var endpoint in connection.Endpoints)
        {
            var client = connection.Open(endpoint);
            try
            {
                await client.StatusAsync(cancellationToken).ConfigureAwait(false);
                Requests++;
                return client;
            }
            catch (ClusterHealException e)
            {
                client.Dispose();
                fault ??= e;
            }
        }

        throw fault!;
    }
}
