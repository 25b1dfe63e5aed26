using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace ClusterHeal.Etcd;

/// <summary>
/// The answer to one gRPC call: messages, then a status. Each message is a byte that says whether it is compressed (never, as
/// we accept no compression), its length in four big-endian bytes, and its bytes.
/// </summary>
internal sealed class GrpcCall : IAsyncDisposable
{
    /// <summary>The bytes before each message.</summary>
    public const int PrefixSize = 5;

    /// <summary>
    /// The largest message that is read. etcd's own answers stay far below: 1.5 MiB a request, and lists are read in pages.
    /// </summary>
    public const int MaxMessageSize = 64 * 1024 * 1024;

    private readonly HttpChannel _channel;
    private readonly string _method;
    private readonly HttpResponseMessage _response;
    private readonly CallDeadline _deadline;
    private readonly Stream _body;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _start;
    private int _end;

    private GrpcCall(HttpChannel channel, string method, HttpResponseMessage response, CallDeadline deadline, Stream body)
    {
        (_channel, _method, _response, _deadline, _body) = (channel, method, response, deadline, body);
    }

    /// <summary>Takes over the answer once its head has come.</summary>
    /// <exception cref="EtcdException">The head is not gRPC's, or is already the error.</exception>
    public static async Task<GrpcCall> OpenAsync(HttpChannel channel, string method, HttpResponseMessage response, CallDeadline deadline)
    {
        ThrowUnlessGrpc(channel.Endpoint, method, response);
        if (response.Headers.Contains("grpc-status")) ThrowUnlessOk(channel.Endpoint, method, response.Headers);
        var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        return new GrpcCall(channel, method, response, deadline, body);
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>Its bytes, valid until the next call; null after the last one, when the server said that all went well.</returns>
    /// <exception cref="EtcdException">The call failed, was cut, or is not gRPC.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        try
        {
            if (!await FillAsync(PrefixSize).ConfigureAwait(false))
            {
                ThrowUnlessOk(_channel.Endpoint, _method, _response.TrailingHeaders);
                return null;
            }

            var prefix = _buffer.AsSpan(_start, PrefixSize);
            var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
            if (prefix[0] != 0) throw Protocol("a compressed message, which was not asked for");
            if (length > MaxMessageSize) throw Protocol($"a message of {length} bytes; at most {MaxMessageSize} are read");
            await FillAsync(PrefixSize + (int)length).ConfigureAwait(false);
            var message = _buffer.AsMemory(_start + PrefixSize, (int)length);
            _start += PrefixSize + (int)length;
            return message;
        }
        catch (Exception e) when (e is not EtcdException)
        {
            throw _channel.Translate(e, _method, _deadline);
        }
    }

    /// <summary>Reads the one message of an answer that has exactly one.</summary>
    /// <typeparam name="T">The kind of message.</typeparam>
    /// <param name="parser">Its parser.</param>
    /// <exception cref="EtcdException">The call failed, or its answer is another.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        var message = await ReadAsync().ConfigureAwait(false) ?? throw Protocol("no message");
        var parsed = Parse(parser, message);
        if (await ReadAsync().ConfigureAwait(false) is not null) throw Protocol("more than one message");
        return parsed;
    }

    /// <summary>Parses one message of this call.</summary>
    /// <typeparam name="T">The kind of message.</typeparam>
    /// <param name="parser">Its parser.</param>
    /// <param name="message">Its bytes.</param>
    /// <exception cref="EtcdException">The bytes are no such message.</exception>
    public T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> message)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Protocol($"a message that cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Lets the stream run on without end, once it is known that the member serves it.</summary>
    public void LiftDeadline() => _deadline.Lift();

    /// <summary>Ends the call; a stream that still runs is reset.</summary>
    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
        _deadline.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Reads until so many bytes are there. False where the stream ends before the first of them.</summary>
    private async ValueTask<bool> FillAsync(int count)
    {
        while (_end - _start < count)
        {
            if (_end == _buffer.Length || _start == _end) MakeRoom();
            var read = await _body.ReadAsync(_buffer.AsMemory(_end), _deadline.Token).ConfigureAwait(false);
            if (read == 0) return _start < _end ? throw Protocol("a message that is cut off") : false;
            _end += read;
        }

        return true;
    }

    /// <summary>Moves what is unread to the front; a full buffer is doubled, so that it grows with what has come.</summary>
    private void MakeRoom()
    {
        var unread = _buffer.AsSpan(_start, _end - _start);
        if (unread.Length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            unread.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            unread.CopyTo(_buffer);
        }

        (_start, _end) = (0, unread.Length);
    }

    private EtcdException Protocol(string what) => EtcdFault.Protocol(_channel.Endpoint, _method, what);

    private static void ThrowUnlessGrpc(EtcdEndpoint endpoint, string method, HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)) return;
        var instead = $"HTTP status {(int)response.StatusCode} and content of type '{type ?? "none"}' instead of gRPC";
        throw EtcdFault.Protocol(endpoint, method, instead);
    }

    private static void ThrowUnlessOk(EtcdEndpoint endpoint, string method, HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var values)
            || !int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw EtcdFault.Protocol(endpoint, method, "an answer that ends without a status");
        }

        if (code == 0) return;
        var text = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.First()) : "";
        throw EtcdFault.From(endpoint, method, (GrpcStatusCode)code, text);
    }
}
