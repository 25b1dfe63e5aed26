using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using ClusterHeal.Common;
using Google.Protobuf;

namespace ClusterHeal.Etcd;

/// <summary>
/// gRPC to one endpoint over HTTP/2: by ALPN over TLS, with prior knowledge in plain text. A call is sent once; what to do
/// about a failure is the caller's business.
/// </summary>
internal sealed class GrpcChannel : IDisposable
{
    private const int MaxStreamWindow = 16 * 1024 * 1024;

    private readonly SecureConnector _connector;
    private readonly HttpClient _http;
    private readonly Uri _root;
    private bool _answered;

    /// <summary>Prepares the channel; nothing is dialled before the first call.</summary>
    /// <param name="endpoint">The member, its scheme decided.</param>
    /// <param name="connection">Trust, dialer and timeouts.</param>
    public GrpcChannel(EtcdEndpoint endpoint, EtcdConnection connection)
    {
        Endpoint = endpoint;
        var dialer = endpoint.SocketPath is { } path ? SecureConnector.UnixSocket(path) : connection.Dialer;
        _connector = new SecureConnector(endpoint.ToString(), connection.Tls, !connection.Insecure, dialer, connection.ConnectTimeout);
        var usesTls = endpoint.UsesTls == true;
        _root = new UriBuilder(usesTls ? "https" : "http", endpoint.Host, endpoint.SocketPath is null ? endpoint.Port : -1).Uri;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            InitialHttp2StreamWindowSize = MaxStreamWindow,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, token) =>
                _connector.ConnectAsync(endpoint.Host, endpoint.Port, usesTls ? SslApplicationProtocol.Http2 : null, token),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The member that this channel talks to.</summary>
    public EtcdEndpoint Endpoint { get; }

    /// <summary>Sends one request and waits for the head of the answer.</summary>
    /// <param name="method">Service and method: <c>KV/Range</c>.</param>
    /// <param name="request">The one message of the request.</param>
    /// <param name="token">The user's token, or null.</param>
    /// <param name="timeout">How long the whole call may take, its stream of answers included.</param>
    /// <param name="openEnded">True where the caller lifts the deadline when the stream runs; the member is told of none then.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="EtcdException">The endpoint cannot be reached, or answered with an error at once.</exception>
    public async Task<GrpcCall> StartAsync(
        string method, IMessage request, string? token, TimeSpan timeout, bool openEnded, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_root, "/etcdserverpb." + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(request)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("ClusterHeal", null));
        if (!openEnded) message.Headers.Add("grpc-timeout", TimeoutText(timeout));
        if (token is not null) message.Headers.Add("token", token);

        var deadline = new CallDeadline(timeout, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            _answered = true;
            return await GrpcCall.OpenAsync(this, method, response, deadline).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            response?.Dispose();
            deadline.Dispose();
            throw Translate(e, method, deadline);
        }
    }

    /// <summary>Says in the words of this endpoint why a call failed. Cancellation by the caller stays what it is.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="method">The call.</param>
    /// <param name="deadline">The call's deadline.</param>
    public Exception Translate(Exception exception, string method, CallDeadline deadline)
    {
        if (deadline.CancelledByCaller) return new OperationCanceledException(exception.Message, exception, deadline.CallersToken);
        var causes = SecureConnector.Causes(exception);
        if (causes.OfType<ClusterHealException>().FirstOrDefault() is { } known)
        {
            return known is ConnectionException c ? EtcdFault.From(Endpoint, c) : known;
        }

        if (deadline.Passed) return EtcdFault.Timeout(Endpoint, method, deadline.Timeout, exception);
        if (exception is not (HttpRequestException or IOException)) return exception;

        if (!_answered && Endpoint.UsesTls != true) return EtcdFault.From(Endpoint, ExpectsTls(exception));
        if (!_answered && _connector.ExplainFirstRead() is { } refusal) return EtcdFault.From(Endpoint, refusal);
        return EtcdFault.From(Endpoint, _connector.Fault(
            ErrorIds.ConnectionLost,
            FaultCategory.Connection,
            $"broke the connection during {method}: {causes.Last().Message.Split('\n')[0].TrimEnd('.')}",
            "Look at the member: its process, its log, its disk. Then try again.",
            exception));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private ConnectionException ExpectsTls(Exception cause) => _connector.Fault(
        ErrorIds.TlsExpected,
        FaultCategory.Connection,
        "closed the plain-text connection without an answer in HTTP/2; servers that expect TLS do so",
        "Write the endpoint with https:// and give -CaFile, -CertFile and -KeyFile; else check that the port is etcd's client port.",
        cause);

    private static byte[] Frame(IMessage request)
    {
        var size = request.CalculateSize();
        var frame = new byte[GrpcCall.PrefixSize + size];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)size);
        request.WriteTo(frame.AsSpan(GrpcCall.PrefixSize));
        return frame;
    }

    /// <summary>A gRPC timeout has at most eight digits, and a unit.</summary>
    private static string TimeoutText(TimeSpan timeout) => timeout.TotalMilliseconds < 1e8
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)timeout.TotalMilliseconds)}m")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99_999_999, (long)timeout.TotalSeconds)}S");
}
