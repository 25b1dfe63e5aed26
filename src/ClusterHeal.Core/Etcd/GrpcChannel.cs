using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Google.Protobuf;

namespace ClusterHeal.Etcd;

/// <summary>gRPC to one endpoint. A call is sent once; what to do about a failure is the caller's business.</summary>
/// <param name="endpoint">The member, its scheme decided.</param>
/// <param name="connection">Trust, dialer and timeouts.</param>
internal sealed class GrpcChannel(EtcdEndpoint endpoint, EtcdConnection connection) : IDisposable
{
    private readonly HttpChannel _channel = new(endpoint, connection, SslApplicationProtocol.Http2);

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
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Root, "/etcdserverpb." + method))
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
            response = await _channel.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
            _channel.HasAnswered = true;
            return await GrpcCall.OpenAsync(_channel, method, response, deadline).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            response?.Dispose();
            deadline.Dispose();
            throw _channel.Translate(e, method, deadline);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

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
