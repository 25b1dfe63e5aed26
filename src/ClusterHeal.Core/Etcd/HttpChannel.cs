using System.Net.Security;
using ClusterHeal.Common;
using Google.Protobuf;
using Grpc.Core;

namespace ClusterHeal.Etcd;

/// <summary>
/// HTTP to one endpoint: over TLS with the protocol agreed by ALPN, or in plain text with the protocol known in advance. It says in words why a request failed.
/// </summary>
internal sealed class HttpChannel : IDisposable
{
    /// <summary>
    /// How many bytes a member may send ahead of our reading. Enough for any local network; on a slow line the framework enlarges it by itself. A
    /// larger one costs memory: it fills completely while the disk is slower than the network.
    /// </summary>
    private const int StreamWindow = 4 * 1024 * 1024;

    private readonly SecureConnector _connector;

    /// <summary>Prepares the channel; nothing is dialled before the first request.</summary>
    /// <param name="endpoint">The member, its scheme decided.</param>
    /// <param name="connection">Trust, dialer and timeouts.</param>
    /// <param name="protocol">The protocol to agree on.</param>
    public HttpChannel(EtcdEndpoint endpoint, EtcdConnection connection, SslApplicationProtocol protocol)
    {
        Endpoint = endpoint;
        var dialer = endpoint.SocketPath is { } path ? SocketDialer.UnixSocket(path) : connection.Dialer;
        _connector = new SecureConnector(
            endpoint.ToString(), connection.Tls, !connection.Insecure, dialer, connection.ConnectTimeout, connection.Time);
        var usesTls = endpoint.UsesTls == true;
        Root = new UriBuilder(usesTls ? "https" : "http", endpoint.Host, endpoint.SocketPath is null ? endpoint.Port : -1).Uri;
        var handler = HttpFactory.Handler();
        handler.InitialHttp2StreamWindowSize = StreamWindow;
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan; // The connector has its own timeout, which can say what it waited for.
        handler.ConnectCallback = (_, token) => _connector.ConnectAsync(endpoint.Host, endpoint.Port, usesTls ? protocol : null, token);
        Handler = handler;
        Http = HttpFactory.Client(handler);
    }

    /// <summary>The member that this channel talks to.</summary>
    public EtcdEndpoint Endpoint { get; }

    /// <summary>The URL of the endpoint, without a path.</summary>
    public Uri Root { get; }

    /// <summary>Opens the connections. It belongs to this channel.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>Sends plain requests.</summary>
    public HttpClient Http { get; }

    /// <summary>True after the first answer. What fails from then on is no mix-up of TLS and plain text.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Says in the words of this endpoint why a call failed. A cancellation by the caller is returned as it is.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="method">The call.</param>
    /// <param name="deadline">The call's deadline.</param>
    public Exception Translate(Exception exception, string method, CallDeadline deadline)
    {
        if (deadline.CancelledByCaller) return new OperationCanceledException(exception.Message, exception, deadline.CallersToken);
        var causes = SecureConnector.Causes(exception).ToArray();
        if (causes.OfType<ClusterHealException>().FirstOrDefault() is { } known)
        {
            return known is ConnectionException c ? EtcdFault.From(Endpoint, c) : known;
        }

        // Without a text the status comes from gRPC's own clock, which may be a moment ahead of ours, and not from the member.
        if (deadline.Passed || exception is RpcException { StatusCode: StatusCode.DeadlineExceeded, Status.Detail: "" })
            return EtcdFault.Timeout(Endpoint, method, deadline.Timeout, exception);
        var cause = causes[^1];
        if (cause is InvalidDataException or InvalidProtocolBufferException)
        {
            return EtcdFault.Protocol(Endpoint, method, $"a message that cannot be read ({cause.Message.TrimEnd('.')})");
        }

        if (!causes.Any(e => e is HttpRequestException or IOException))
            return exception is RpcException refused ? EtcdFault.From(Endpoint, method, refused) : exception;
        if (!HasAnswered && Endpoint.UsesTls != true) return EtcdFault.From(Endpoint, ExpectsTls(exception));
        if (!HasAnswered && _connector.ExplainFirstRead() is { } refusal) return EtcdFault.From(Endpoint, refusal);
        return EtcdFault.From(Endpoint, _connector.Fault(
            ErrorIds.ConnectionLost,
            FaultCategory.Connection,
            $"broke the connection during {method}: {cause.Message.Split('\n')[0].TrimEnd('.')}",
            "Look at the member: its process, its log, its disk. Then try again.",
            exception));
    }

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    private ConnectionException ExpectsTls(Exception cause) => _connector.Fault(
        ErrorIds.TlsExpected,
        FaultCategory.Connection,
        "closed the plain-text connection without an answer in HTTP/2; servers that expect TLS do so",
        "Write the endpoint with https:// and give -CaFile, -CertFile and -KeyFile; otherwise check that the port is etcd's client port.",
        cause);
}
