using System.Net;
using System.Net.Security;
using ClusterHeal.Common;
using Etcdserverpb;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterHeal.Etcd;

/// <summary>
/// Makes the calls to one member. A call has a deadline and is sent once. Only if the member refused it unread, because the user's token had expired,
/// is it sent again with a new token.
/// </summary>
internal sealed class EtcdCaller : IDisposable
{
    /// <summary>
    /// The largest message that is read. etcd's own answers stay far below: 1.5 MiB a request, and lists are read in pages.
    /// </summary>
    private const int MaxMessageSize = 64 * 1024 * 1024;

    private readonly EtcdConnection _connection;
    private readonly HttpChannel _http;
    private readonly GrpcChannel _channel;
    private string? _token;
    private bool _authenticated;

    /// <summary>Prepares the calls; nothing is dialled before the first one.</summary>
    /// <param name="endpoint">The member, its scheme decided.</param>
    /// <param name="connection">Trust, user, dialer and timeouts.</param>
    public EtcdCaller(EtcdEndpoint endpoint, EtcdConnection connection)
    {
        _connection = connection;
        Where = $"{endpoint}";
        _http = new HttpChannel(endpoint, connection, SslApplicationProtocol.Http2);
        _channel = GrpcChannel.ForAddress(_http.Root, new GrpcChannelOptions
        {
            // If a channel is given a handler instead, it adds its load balancing over many addresses. Here there is one address.
            HttpClient = HttpFactory.Client(new GrpcAnswers(_http)),
            DisposeHttpClient = true,
            HttpVersion = HttpVersion.Version20,
            HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, // In plain text, too.
            MaxReceiveMessageSize = MaxMessageSize,
        });
        Invoker = _channel.CreateCallInvoker();
    }

    private string Where { get; }

    /// <summary>The generated stubs call with it.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Makes a call that answers with one message.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="method">Service and method, for messages: <c>KV/Range</c>.</param>
    /// <param name="start">Starts the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="EtcdException">The call failed.</exception>
    public Task<T> CallAsync<T>(string method, Func<CallOptions, AsyncUnaryCall<T>> start, CancellationToken cancellationToken) =>
        WithTokenAsync(token => CallOnceAsync(method, start, token, cancellationToken), cancellationToken);

    /// <summary>Starts a call that answers with a stream, and waits for its first message.</summary>
    /// <typeparam name="T">The kind of message.</typeparam>
    /// <param name="method">Service and method, for messages.</param>
    /// <param name="start">Starts the call.</param>
    /// <param name="timeout">How long the stream may take as a whole.</param>
    /// <param name="openEnded">True if the caller lifts the deadline once the stream runs. Then the member is told of none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The stream at its first message, or null if it ended without one.</returns>
    /// <exception cref="EtcdException">The call failed.</exception>
    public Task<EtcdStream<T>?> OpenAsync<T>(
        string method,
        Func<CallOptions, Task<(IDisposable Call, IAsyncStreamReader<T> Messages)>> start,
        TimeSpan timeout,
        bool openEnded,
        CancellationToken cancellationToken) =>
        WithTokenAsync(token => OpenOnceAsync(method, start, token, timeout, openEnded, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }

    private Task<T> CallOnceAsync<T>(
        string method, Func<CallOptions, AsyncUnaryCall<T>> start, string? token, CancellationToken cancellationToken) =>
        CallLog.OfAsync(Where, method, () => SendAsync(method, start, token, cancellationToken));

    private async Task<T> SendAsync<T>(
        string method, Func<CallOptions, AsyncUnaryCall<T>> start, string? token, CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(_connection.CallTimeout, cancellationToken);
        try
        {
            using var call = start(Options(deadline, token, openEnded: false));
            return await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw _http.Translate(e, method, deadline);
        }
    }

    private Task<EtcdStream<T>?> OpenOnceAsync<T>(
        string method,
        Func<CallOptions, Task<(IDisposable Call, IAsyncStreamReader<T> Messages)>> start,
        string? token,
        TimeSpan timeout,
        bool openEnded,
        CancellationToken cancellationToken) =>
        CallLog.OfAsync(Where, method, () => StartAsync(method, start, token, timeout, openEnded, cancellationToken));

    private async Task<EtcdStream<T>?> StartAsync<T>(
        string method,
        Func<CallOptions, Task<(IDisposable Call, IAsyncStreamReader<T> Messages)>> start,
        string? token,
        TimeSpan timeout,
        bool openEnded,
        CancellationToken cancellationToken)
    {
        var deadline = new CallDeadline(timeout, cancellationToken);
        IDisposable opened = deadline;
        try
        {
            var (call, messages) = await start(Options(deadline, token, openEnded)).ConfigureAwait(false);
            var stream = new EtcdStream<T>(call, messages, deadline, e => _http.Translate(e, method, deadline));
            opened = stream;
            if (await stream.MoveNextAsync().ConfigureAwait(false)) return stream;
            opened.Dispose();
            return null;
        }
        catch (Exception e)
        {
            var fault = e is EtcdException ? e : _http.Translate(e, method, deadline);
            opened.Dispose();
            throw fault;
        }
    }

    private static CallOptions Options(CallDeadline deadline, string? token, bool openEnded)
    {
        var headers = token is null ? null : new Metadata { { "token", token } };
        return new CallOptions(headers, openEnded ? null : deadline.EndsAt, deadline.Token);
    }

    /// <summary>Runs a call as the user, if there is one; once more with a new token if the member says that the token is void.</summary>
    private Task<T> WithTokenAsync<T>(Func<string?, Task<T>> call, CancellationToken cancellationToken) =>
        _connection.Credential is { } credential ? AsUserAsync(credential, call, cancellationToken) : call(null);

    private async Task<T> AsUserAsync<T>(NetworkCredential credential, Func<string?, Task<T>> call, CancellationToken cancellationToken)
    {
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
        var auth = new Auth.AuthClient(Invoker);
        try
        {
            var answer = CallOnceAsync("Auth/Authenticate", options => auth.AuthenticateAsync(request, options), null, cancellationToken);
            _token = (await answer.ConfigureAwait(false)).Token;
        }
        catch (EtcdException e) when (e.Message.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            _token = null; // Authentication is off: everybody may do everything, and a user does no harm.
        }

        _authenticated = true;
    }

    /// <summary>The token has expired, users were changed since, or authentication was off when the token was asked for.</summary>
    private static bool TokenIsVoid(EtcdException e) =>
        e.ErrorId == ErrorIds.EtcdCredentialRequired
        || e.Message.Contains("invalid auth token", StringComparison.Ordinal)
        || e.Message.Contains("revision of auth store is old", StringComparison.Ordinal);
}
