using System.Net;
using System.Net.Sockets;

namespace ClusterHeal.Tests.Module;

/// <summary>A way to a server on which its answers travel at some hundred KiB a second, so that there is a middle to interrupt.</summary>
internal sealed class SlowRelay : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    /// <summary>Opens a way to a port of this machine.</summary>
    public SlowRelay(int port)
    {
        _listener.Start();
        _running = AcceptAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        var ways = new List<Task>();
        try
        {
            while (true) ways.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token), port));
        }
        finally
        {
            foreach (var way in ways) await way.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RelayAsync(TcpClient client, int port)
    {
        using (client)
        using (var server = new TcpClient())
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
        {
            await server.ConnectAsync(IPAddress.Loopback, port, end.Token);
            var asked = client.GetStream().CopyToAsync(server.GetStream(), end.Token);
            var answered = CopySlowlyAsync(server.GetStream(), client.GetStream(), end.Token);
            await Task.WhenAny(asked, answered);
            await end.CancelAsync();
            await Task.WhenAll(asked, answered);
        }
    }

    private static async Task CopySlowlyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var block = new byte[8192];
        while (await from.ReadAsync(block, cancellationToken) is var count and > 0)
        {
            await to.WriteAsync(block.AsMemory(0, count), cancellationToken);
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
