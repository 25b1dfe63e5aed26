using System.Buffers;
using System.Runtime.CompilerServices;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

namespace ClusterHeal.Etcd;

/// <summary>
/// The client of one etcd member. Every call has a deadline, goes to this member only, and is sent once.
/// All calls throw <see cref="EtcdException"/> if they fail.
/// </summary>
/// <param name="endpoint">The member, its scheme decided; <see cref="EtcdConnection.Open"/> does it.</param>
/// <param name="connection">Trust, user, dialer and timeouts.</param>
internal sealed class EtcdClient(EtcdEndpoint endpoint, EtcdConnection connection) : IDisposable
{
    /// <summary>The member.</summary>
    public EtcdEndpoint Endpoint => endpoint;

    /// <summary>Makes the calls.</summary>
    public EtcdCaller Caller { get; } = new(endpoint, connection);

    // Each of the generated stubs is made when it is used: a stub is small, its table of methods is not.
    private KV.KVClient KV => new(Caller.Invoker);

    private Cluster.ClusterClient Cluster => new(Caller.Invoker);

    private Maintenance.MaintenanceClient Maintenance => new(Caller.Invoker);

    private Lease.LeaseClient Lease => new(Caller.Invoker);

    /// <summary>Reads keys.</summary>
    public Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("KV/Range", options => KV.RangeAsync(request, options), cancellationToken);

    /// <summary>Writes a key.</summary>
    public Task<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("KV/Put", options => KV.PutAsync(request, options), cancellationToken);

    /// <summary>Runs a transaction.</summary>
    public Task<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("KV/Txn", options => KV.TxnAsync(request, options), cancellationToken);

    /// <summary>Compacts: older revisions than this one are removed.</summary>
    public Task<CompactionResponse> CompactAsync(CompactionRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("KV/Compact", options => KV.CompactAsync(request, options), cancellationToken);

    /// <summary>Lists the members; linearizable means that a quorum confirms the list (since 3.5).</summary>
    public Task<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken)
    {
        var request = new MemberListRequest { Linearizable = linearizable };
        return Caller.CallAsync("Cluster/MemberList", options => Cluster.MemberListAsync(request, options), cancellationToken);
    }

    /// <summary>Adds a member, which has no name until it starts.</summary>
    /// <param name="peerUrls">Where the others reach it.</param>
    /// <param name="isLearner">True for one without a vote (since 3.4; an older server would add a voter).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<MemberAddResponse> MemberAddAsync(IEnumerable<string> peerUrls, bool isLearner, CancellationToken cancellationToken)
    {
        var request = new MemberAddRequest { IsLearner = isLearner };
        request.PeerURLs.AddRange(peerUrls);
        return Caller.CallAsync("Cluster/MemberAdd", options => Cluster.MemberAddAsync(request, options), cancellationToken);
    }

    /// <summary>Removes a member permanently: its ID never comes back.</summary>
    public Task<MemberRemoveResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken) =>
        Caller.CallAsync("Cluster/MemberRemove", options => Cluster.MemberRemoveAsync(new MemberRemoveRequest { ID = id }, options), cancellationToken);

    /// <summary>Gives a learner its vote; refused until it has nearly all of the log.</summary>
    public Task<MemberPromoteResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken) =>
        Caller.CallAsync("Cluster/MemberPromote", options => Cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = id }, options), cancellationToken);

    /// <summary>Transfers the leadership to another member. Only the leader itself can do it.</summary>
    public Task<MoveLeaderResponse> MoveLeaderAsync(ulong targetId, CancellationToken cancellationToken) =>
        Caller.CallAsync("Maintenance/MoveLeader", options => Maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = targetId }, options), cancellationToken);

    /// <summary>What the member says of itself; learners answer, too.</summary>
    public Task<StatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        Caller.CallAsync("Maintenance/Status", options => Maintenance.StatusAsync(new StatusRequest(), options), cancellationToken);

    /// <summary>The hash of all keys up to a revision, 0 for the member's current one.</summary>
    public Task<HashKVResponse> HashKVAsync(long revision, CancellationToken cancellationToken)
    {
        var request = new HashKVRequest { Revision = revision };
        return Caller.CallAsync("Maintenance/HashKV", options => Maintenance.HashKVAsync(request, options), cancellationToken);
    }

    /// <summary>
    /// Defragments: the database is rewritten without its free pages. The member serves nothing meanwhile, and does not stop if the caller gives up.
    /// </summary>
    public Task<DefragmentResponse> DefragmentAsync(CancellationToken cancellationToken) =>
        Caller.CallAsync("Maintenance/Defragment", options => Maintenance.DefragmentAsync(new DefragmentRequest(), options), cancellationToken);

    /// <summary>Makes a lease.</summary>
    public Task<LeaseGrantResponse> LeaseGrantAsync(LeaseGrantRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("Lease/LeaseGrant", options => Lease.LeaseGrantAsync(request, options), cancellationToken);

    /// <summary>Ends a lease.</summary>
    public Task<LeaseRevokeResponse> LeaseRevokeAsync(long id, CancellationToken cancellationToken) =>
        Caller.CallAsync("Lease/LeaseRevoke", options => Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = id }, options), cancellationToken);

    /// <summary>Lists, raises or disarms alarms.</summary>
    public Task<AlarmResponse> AlarmAsync(AlarmRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync("Maintenance/Alarm", options => Maintenance.AlarmAsync(request, options), cancellationToken);

    /// <summary>
    /// Starts the stream of a snapshot. The generated message would copy each of its tens of thousands of blocks into a new object. Here the caller
    /// reads a message in the buffer in which it came.
    /// </summary>
    /// <typeparam name="T">What the caller makes of a message.</typeparam>
    /// <param name="read">Reads one message; its bytes are invalid afterwards.</param>
    /// <param name="timeout">How long the whole stream may take.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The stream at its first message, or null if it ended without one.</returns>
    public Task<EtcdStream<T>?> SnapshotAsync<T>(Func<ReadOnlySequence<byte>, T> read, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        var requests = Marshallers.Create<SnapshotRequest>(request => request.ToByteArray(), SnapshotRequest.Parser.ParseFrom);
        var blocks = new Marshaller<T>((_, _) => throw new NotSupportedException(), context => read(context.PayloadAsReadOnlySequence()));
        var method = new Method<SnapshotRequest, T>(MethodType.ServerStreaming, "etcdserverpb.Maintenance", "Snapshot", requests, blocks);
        return Caller.OpenAsync(
            "Maintenance/Snapshot",
            options =>
            {
                var call = Caller.Invoker.AsyncServerStreamingCall(method, null, options, new SnapshotRequest());
                return Task.FromResult<(IDisposable, IAsyncStreamReader<T>)>((call, call.ResponseStream));
            },
            timeout,
            openEnded: false,
            cancellationToken);
    }

    /// <summary>Watches keys until cancelled. The first answer says that the watch is set up.</summary>
    /// <param name="request">What to watch, and from which revision on.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<WatchResponse> WatchAsync(
        WatchCreateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = new Watch.WatchClient(Caller.Invoker);
        using var stream = await Caller.OpenAsync<WatchResponse>(
            "Watch/Watch",
            async options =>
            {
                var call = watch.Watch(options);
                await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = request }, options.CancellationToken).ConfigureAwait(false);
                return (call, call.ResponseStream);
            },
            connection.CallTimeout,
            openEnded: true,
            cancellationToken).ConfigureAwait(false);
        if (stream is null) yield break;
        stream.LiftDeadline();
        do yield return stream.Current;
        while (await stream.MoveNextAsync().ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public void Dispose() => Caller.Dispose();
}
