using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.ControlPlane.Objects;
using Etcdserverpb;
using Google.Protobuf;
using Mvccpb;

namespace ClusterHeal.Practice.ControlPlane.Storage;

/// <summary>
/// The objects in etcd, as JSON, each under the key that the real API server uses. The revision of its last change is an object's
/// <c>resourceVersion</c>. While no member answers, a call waits for one until its time is up.
/// </summary>
internal sealed class EtcdStore(EtcdConnection connection) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);
    private readonly EtcdClient[] _members = [.. connection.Endpoints.Select(connection.Open)];
    private int _current;

    /// <summary>The revision of the whole store, by the quorum.</summary>
    public async Task<long> RevisionAsync(CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = Utf8("/registry/health"), CountOnly = true };
        return (await AskAsync(etcd => etcd.RangeAsync(request, cancellationToken), cancellationToken)).Header.Revision;
    }

    /// <summary>One call that does not wait, for the health checks.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        foreach (var etcd in _members)
        {
            try
            {
                await etcd.RangeAsync(new RangeRequest { Key = Utf8("/registry/health"), CountOnly = true }, cancellationToken);
                return true;
            }
            catch (EtcdException)
            {
                continue; // Another member may answer.
            }
        }
        return false;
    }

    /// <summary>Reads an object, or null if there is none.</summary>
    public async Task<StoredObject?> GetAsync(ResourceKind kind, string key, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(etcd => etcd.RangeAsync(new RangeRequest { Key = Utf8(key) }, cancellationToken), cancellationToken);
        return answer.Kvs.Count == 0 ? null : Read(kind, answer.Kvs[0]);
    }

    /// <summary>Reads all keys with a common start at one revision.</summary>
    public async Task<(IReadOnlyList<KeyValue> Values, long Revision)> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        const int PageSize = 2000;
        var values = new List<KeyValue>();
        var end = PrefixEnd(prefix);
        var request = new RangeRequest { Key = Utf8(prefix), RangeEnd = end, Limit = PageSize };
        while (true)
        {
            var page = await AskAsync(etcd => etcd.RangeAsync(request, cancellationToken), cancellationToken);
            values.AddRange(page.Kvs);
            var revision = request.Revision == 0 ? page.Header.Revision : request.Revision;
            if (!page.More) return (values, revision);
            request = new RangeRequest
            {
                Key = ByteString.CopyFrom([.. page.Kvs[^1].Key.Span, 0]), RangeEnd = end, Limit = PageSize, Revision = revision,
            };
        }
    }

    /// <summary>Writes an object whose key must be as it was: at the given revision, or absent for 0.</summary>
    /// <returns>The object as it is now stored, or null if the key was not as expected.</returns>
    public async Task<StoredObject?> PutAsync(ResourceKind kind, string key, JsonObject node, long expected,
        CancellationToken cancellationToken)
    {
        var stored = node.Copy();
        stored.Metadata().Remove("resourceVersion");
        var put = new RequestOp { RequestPut = new PutRequest { Key = Utf8(key), Value = ByteString.CopyFrom(stored.Bytes()) } };
        var request = new TxnRequest { Compare = { Unchanged(key, expected) }, Success = { put } };
        var answer = await AskAsync(etcd => etcd.TxnAsync(request, cancellationToken), cancellationToken);
        if (!answer.Succeeded) return null;
        stored = node.Copy();
        stored.Metadata()["resourceVersion"] = answer.Header.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return StoredObject.From(kind, key, stored, answer.Header.Revision);
    }

    /// <summary>Removes an object that must still be at the given revision.</summary>
    /// <returns>The revision of the removal, or null if the object had changed.</returns>
    public async Task<long?> DeleteAsync(string key, long expected, CancellationToken cancellationToken)
    {
        var delete = new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Utf8(key) } };
        var request = new TxnRequest { Compare = { Unchanged(key, expected) }, Success = { delete } };
        var answer = await AskAsync(etcd => etcd.TxnAsync(request, cancellationToken), cancellationToken);
        return answer.Succeeded ? answer.Header.Revision : null;
    }

    /// <summary>Forgets all revisions below one; somebody else may have done so already.</summary>
    public async Task CompactAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(etcd => etcd.CompactAsync(new CompactionRequest { Revision = revision }, cancellationToken), cancellationToken);
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted || e.ErrorId == ErrorIds.EtcdFutureRevision)
        {
            Log.Write($"compact {revision}: {e.Message}");
        }
    }

    /// <summary>Watches all keys from a revision on, by the member that answers at present.</summary>
    public IAsyncEnumerable<WatchResponse> WatchAsync(long revision, CancellationToken cancellationToken)
    {
        var all = ByteString.CopyFrom(0);
        var request = new WatchCreateRequest { Key = all, RangeEnd = all, StartRevision = revision };
        return _members[_current % _members.Length].WatchAsync(request, cancellationToken);
    }

    /// <summary>Uses the next member if the present one fails.</summary>
    public void TurnToNextMember() => Interlocked.Increment(ref _current);

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_members, member => member.Dispose());

    private static StoredObject Read(ResourceKind kind, KeyValue pair) =>
        StoredObject.Read(kind, pair.Key.ToStringUtf8(), pair.Value.Span, pair.ModRevision);

    private static Compare Unchanged(string key, long revision) =>
        new() { Key = Utf8(key), Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, ModRevision = revision };

    private static ByteString Utf8(string text) => ByteString.CopyFrom(text, Encoding.UTF8);

    private static ByteString PrefixEnd(string prefix)
    {
        var end = Encoding.UTF8.GetBytes(prefix);
        end[^1]++;
        return ByteString.CopyFrom(end);
    }

    private async Task<T> AskAsync<T>(Func<EtcdClient, Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = _current;
            try
            {
                return await call(_members[current % _members.Length]);
            }
            catch (EtcdException e) when (e.StatusCode is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded)
            {
                Interlocked.CompareExchange(ref _current, current + 1, current);
                await Task.Delay(RetryPause, cancellationToken);
            }
        }
    }
}
