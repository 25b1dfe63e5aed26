using System.Net;
using System.Runtime.CompilerServices;
using ClusterHeal.Etcd.Protocol;
using Google.Protobuf;

namespace ClusterHeal.Etcd;

/// <summary>
/// The client of one etcd member. Every call has a deadline, goes to this member only, and is sent once; the one exception is a
/// call that the member refused unread because the user's token had expired, which is sent again with a new token.
/// All calls throw <see cref="EtcdException"/> where they fail.
/// </summary>
/// <param name="endpoint">The member, its scheme decided; <see cref="EtcdConnection.Open"/> does it.</param>
/// <param name="connection">Trust, user, dialer and timeouts.</param>
internal sealed class EtcdClient(EtcdEndpoint endpoint, EtcdConnection connection) : IDisposable
{
    private readonly GrpcChannel _channel = new(endpoint, connection);
    private string? _token;
    private bool _authenticated;

    /// <summary>The member.</summary>
    public EtcdEndpoint Endpoint => endpoint;

    /// <summary>Reads keys.</summary>
    public Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        CallAsync("KV/Range", request, RangeResponse.Parser, cancellationToken);

    /// <summary>Writes a key.</summary>
    public Task<HeaderResponse> PutAsync(PutRequest request, CancellationToken cancellationToken) =>
        CallAsync("KV/Put", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Deletes keys.</summary>
    public Task<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken) =>
        CallAsync("KV/DeleteRange", request, DeleteRangeResponse.Parser, cancellationToken);

    /// <summary>Runs a transaction.</summary>
    public Task<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
        CallAsync("KV/Txn", request, TxnResponse.Parser, cancellationToken);

    /// <summary>Compacts everything below a revision.</summary>
    public Task<HeaderResponse> CompactAsync(CompactionRequest request, CancellationToken cancellationToken) =>
        CallAsync("KV/Compact", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Lists the members; linearizable means that a quorum vouches for the list (since 3.5).</summary>
    public Task<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken) =>
        CallAsync(
            "Cluster/MemberList", new MemberListRequest { Linearizable = linearizable }, MemberListResponse.Parser, cancellationToken);

    /// <summary>Adds a member.</summary>
    public Task<MemberAddResponse> MemberAddAsync(MemberAddRequest request, CancellationToken cancellationToken) =>
        CallAsync("Cluster/MemberAdd", request, MemberAddResponse.Parser, cancellationToken);

    /// <summary>Removes a member.</summary>
    public Task<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken) =>
        CallAsync("Cluster/MemberRemove", new MemberRequest { Id = id }, MemberListResponse.Parser, cancellationToken);

    /// <summary>What the member says of itself; learners answer, too.</summary>
    public Task<StatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        CallAsync("Maintenance/Status", new EmptyRequest(), StatusResponse.Parser, cancellationToken);

    /// <summary>The hash of all keys up to a revision, 0 for the member's current one.</summary>
    public Task<HashKVResponse> HashKVAsync(long revision, CancellationToken cancellationToken) =>
        CallAsync("Maintenance/HashKV", new HashKVRequest { Revision = revision }, HashKVResponse.Parser, cancellationToken);

    /// <summary>Lists, raises or disarms alarms.</summary>
    public Task<AlarmResponse> AlarmAsync(AlarmRequest request, CancellationToken cancellationToken) =>
        CallAsync("Maintenance/Alarm", request, AlarmResponse.Parser, cancellationToken);

    /// <summary>Rewrites the member's database without its free pages. The member does nothing else meanwhile.</summary>
    public Task<HeaderResponse> DefragmentAsync(CancellationToken cancellationToken) =>
        CallAsync("Maintenance/Defragment", new EmptyRequest(), HeaderResponse.Parser, cancellationToken);

    /// <summary>Hands the leadership to another member; only the leader does it.</summary>
    public Task<HeaderResponse> MoveLeaderAsync(ulong targetId, CancellationToken cancellationToken) =>
        CallAsync("Maintenance/MoveLeader", new MoveLeaderRequest { TargetId = targetId }, HeaderResponse.Parser, cancellationToken);

    /// <summary>Grants a lease.</summary>
    public Task<LeaseGrantResponse> LeaseGrantAsync(LeaseGrantRequest request, CancellationToken cancellationToken) =>
        CallAsync("Lease/LeaseGrant", request, LeaseGrantResponse.Parser, cancellationToken);

    /// <summary>Lists the leases.</summary>
    public Task<LeaseLeasesResponse> LeasesAsync(CancellationToken cancellationToken) =>
        CallAsync("Lease/LeaseLeases", new EmptyRequest(), LeaseLeasesResponse.Parser, cancellationToken);

    /// <summary>Switches authentication on; the user root with the role root must exist.</summary>
    public Task<HeaderResponse> AuthEnableAsync(CancellationToken cancellationToken) =>
        CallAsync("Auth/AuthEnable", new EmptyRequest(), HeaderResponse.Parser, cancellationToken);

    /// <summary>Switches authentication off.</summary>
    public Task<HeaderResponse> AuthDisableAsync(CancellationToken cancellationToken) =>
        CallAsync("Auth/AuthDisable", new EmptyRequest(), HeaderResponse.Parser, cancellationToken);

    /// <summary>Adds a user.</summary>
    public Task<HeaderResponse> UserAddAsync(UserAddRequest request, CancellationToken cancellationToken) =>
        CallAsync("Auth/UserAdd", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Lists the users.</summary>
    public Task<UserListResponse> UserListAsync(CancellationToken cancellationToken) =>
        CallAsync("Auth/UserList", new EmptyRequest(), UserListResponse.Parser, cancellationToken);

    /// <summary>Gives a user a role.</summary>
    public Task<HeaderResponse> UserGrantRoleAsync(UserGrantRoleRequest request, CancellationToken cancellationToken) =>
        CallAsync("Auth/UserGrantRole", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Adds a role.</summary>
    public Task<HeaderResponse> RoleAddAsync(RoleAddRequest request, CancellationToken cancellationToken) =>
        CallAsync("Auth/RoleAdd", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Lists the roles.</summary>
    public Task<RoleListResponse> RoleListAsync(CancellationToken cancellationToken) =>
        CallAsync("Auth/RoleList", new EmptyRequest(), RoleListResponse.Parser, cancellationToken);

    /// <summary>Lets a role read or write a range of keys.</summary>
    public Task<HeaderResponse> RoleGrantPermissionAsync(RoleGrantPermissionRequest request, CancellationToken cancellationToken) =>
        CallAsync("Auth/RoleGrantPermission", request, HeaderResponse.Parser, cancellationToken);

    /// <summary>Starts the stream of a snapshot. Its blocks are read from the call; the last one is the sha256 of all others.</summary>
    /// <param name="timeout">How long the whole stream may take.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public Task<GrpcCall> SnapshotAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        WithTokenAsync(
            token => _channel.StartAsync("Maintenance/Snapshot", new EmptyRequest(), token, timeout, openEnded: false, cancellationToken),
            cancellationToken);

    /// <summary>Watches keys until cancelled. The first answer says that the watch stands.</summary>
    /// <param name="request">What to watch, and from which revision on.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<WatchResponse> WatchAsync(
        WatchCreateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var message = new WatchRequest { CreateRequest = request };
        var call = await WithTokenAsync(
            token => _channel.StartAsync("Watch/Watch", message, token, connection.CallTimeout, openEnded: true, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
        {
            while (await call.ReadAsync().ConfigureAwait(false) is { } bytes)
            {
                call.LiftDeadline();
                yield return call.Parse(WatchResponse.Parser, bytes);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T> =>
        WithTokenAsync(token => CallOnceAsync(method, request, parser, token, cancellationToken), cancellationToken);

    private async Task<T> CallOnceAsync<T>(
        string method, IMessage request, MessageParser<T> parser, string? token, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var call = await _channel.StartAsync(method, request, token, connection.CallTimeout, openEnded: false, cancellationToken)
            .ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
        {
            return await call.ReadSingleAsync(parser).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a call as the user, if there is one; once more with a new token where the member says that its is void.</summary>
    private async Task<T> WithTokenAsync<T>(Func<string?, Task<T>> call, CancellationToken cancellationToken)
    {
        if (connection.Credential is not { } credential) return await call(null).ConfigureAwait(false);
        var fresh = !_authenticated;
        if (fresh) await AuthenticateAsync(credential, cancellationToken).ConfigureAwait(false);
        try
        {
            return await call(_token).ConfigureAwait(false);
        }
        catch (EtcdException e) when (!fresh && TokenIsVoid(e))
        {
            await AuthenticateAsync(credential, cancellationToken).ConfigureAwait(false);
            return await call(_token).ConfigureAwait(false);
        }
    }

    private async Task AuthenticateAsync(NetworkCredential credential, CancellationToken cancellationToken)
    {
        var request = new AuthenticateRequest { Name = credential.UserName, Password = credential.Password };
        try
        {
            var answer = CallOnceAsync("Auth/Authenticate", request, AuthenticateResponse.Parser, null, cancellationToken);
            _token = (await answer.ConfigureAwait(false)).Token;
        }
        catch (EtcdException e) when (e.Message.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            _token = null; // Authentication is off: everybody may do everything, and a user is no mistake.
        }

        _authenticated = true;
    }

    /// <summary>The token has expired, users were changed since, or authentication was off when there would have been one to get.</summary>
    private static bool TokenIsVoid(EtcdException e) =>
        e.ErrorId == ErrorIds.EtcdCredentialRequired
        || e.Message.Contains("invalid auth token", StringComparison.Ordinal)
        || e.Message.Contains("revision of auth store is old", StringComparison.Ordinal);
}
