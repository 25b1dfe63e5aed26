using System.Net.Sockets;

namespace ClusterHeal.Common;

/// <summary>Reaches servers through sockets of this machine.</summary>
internal static class SocketDialer
{
    /// <summary>Connects by TCP, as a <see cref="StreamDialer"/> does.</summary>
    /// <exception cref="SocketException">There is no such host, or it does not answer.</exception>
    public static async ValueTask<Stream> DialTcpAsync(string host, int port, CancellationToken cancellationToken) =>
        new NetworkStream(await ConnectTcpAsync(host, port, cancellationToken).ConfigureAwait(false), ownsSocket: true);

    /// <summary>Connects by TCP to a server from which large answers come.</summary>
    /// <inheritdoc cref="DialTcpAsync"/>
    public static async ValueTask<Stream> DialTcpForMuchAsync(string host, int port, CancellationToken cancellationToken) =>
        new BatchedReadStream(await ConnectTcpAsync(host, port, cancellationToken).ConfigureAwait(false));

    /// <summary>A dialer to a Unix socket file, whatever host and port it is asked for.</summary>
    /// <param name="path">The file.</param>
    public static StreamDialer UnixSocket(string path) => async (_, _, cancellationToken) =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket, s => s.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken)).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    };

    private static ValueTask<Socket> ConnectTcpAsync(string host, int port, CancellationToken cancellationToken) => ConnectAsync(
        new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, s => s.ConnectAsync(host, port, cancellationToken));

    private static async ValueTask<Socket> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
