using System.Net.Sockets;

namespace ClusterHeal.Tests.Etcd;

/// <summary>Carries one connection after another from a socket file to a TCP port of this machine.</summary>
internal sealed class UnixRelay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _running;

    private UnixRelay(string path, int port)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _running = RunAsync(port);
    }

    public static UnixRelay Start(string path, int port) => new(path, port);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _running;
    }

    private async Task RunAsync(int port)
    {
        try
        {
            while (true)
            {
                using var near = new NetworkStream(await _listener.AcceptAsync(), ownsSocket: true);
                using var client = new TcpClient("127.0.0.1", port);
                await Task.WhenAny(near.CopyToAsync(client.GetStream()), client.GetStream().CopyToAsync(near));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was closed: the test is over.
        }
    }
}
