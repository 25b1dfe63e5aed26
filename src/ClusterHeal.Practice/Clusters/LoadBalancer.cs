using ClusterHeal.Kubernetes;
using System.Net;
using System.Net.Sockets;
using ClusterHeal.Practice.ControlPlane.Client;

namespace ClusterHeal.Practice.Clusters;

/// <summary>
/// One address for several API servers, as a load balancer of a cluster: it passes each connection on to a server that calls itself
/// ready, and cuts those to a server that no longer does.
/// </summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _end = new();
    private readonly TcpListener _listener;
    private readonly Backend[] _backends;
    private readonly Task _work;
    private int _turn;

    private LoadBalancer(IPEndPoint place, IEnumerable<KubernetesConnection> servers)
    {
        _backends = [.. servers.Select(each => new Backend(each))];
        _listener = new TcpListener(place);
        _listener.Start();
        _work = Task.WhenAll([AcceptAsync(), .. _backends.Select(CheckAsync)]);
    }

    /// <summary>Starts it.</summary>
    /// <param name="place">Where it listens.</param>
    /// <param name="servers">How each server is reached to see whether it is ready. That needs no user.</param>
    /// <exception cref="SocketException">The address is in use.</exception>
    public static LoadBalancer Start(IPEndPoint place, IEnumerable<KubernetesConnection> servers) => new(place, servers);

    /// <summary>Ends it and cuts all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var backend in _backends) backend.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = PassAsync(client);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var toServer = new TcpClient();
        using (client)
        {
            try
            {
                var ready = _backends.Where(each => each.IsReady).ToArray();
                if (ready.Length == 0) return;
                var backend = ready[(int)((uint)Interlocked.Increment(ref _turn) % (uint)ready.Length)];
                var cut = backend.Connections;
                await backend.ConnectAsync(toServer, cut);
                client.NoDelay = toServer.NoDelay = true;
                Stream here = client.GetStream(), there = toServer.GetStream();
                await Task.WhenAny(here.CopyToAsync(there, cut), there.CopyToAsync(here, cut)).Unwrap();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return; // One side went away, so the other is closed too.
            }
        }
    }

    private async Task CheckAsync(Backend backend)
    {
        var failures = 0;
        while (true)
        {
            failures = await IsReadyAsync(backend.Api) ? 0 : failures + 1;
            // One failure may be a short one, two are not.
            if (failures is 0 or > 1) backend.Set(failures == 0);
            await Task.Delay(CheckPeriod, _end.Token);
        }
    }

    private async Task<bool> IsReadyAsync(ObjectClient api)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(CheckPatience);
        try
        {
            return await api.IsReadyAsync(patience.Token);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException && !_end.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed class Backend(KubernetesConnection server) : IDisposable
    {
        private CancellationTokenSource _connections = new();

        public ObjectClient Api { get; } = new(server);

        public bool IsReady { get; private set; }

        /// <summary>Is cancelled when the server is no longer ready.</summary>
        public CancellationToken Connections => _connections.Token;

        public Task ConnectAsync(TcpClient client, CancellationToken cancellationToken) =>
            client.ConnectAsync(server.Server.Host, server.Server.Port, cancellationToken).AsTask();

        public void Set(bool ready)
        {
            if (IsReady == ready) return;
            IsReady = ready;
            if (ready) return;
            var cut = Interlocked.Exchange(ref _connections, new CancellationTokenSource());
            cut.Cancel();
            cut.Dispose();
        }

        public void Dispose()
        {
            _connections.Cancel();
            _connections.Dispose();
            Api.Dispose();
        }
    }
}
