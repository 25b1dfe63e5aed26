using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>
/// Answers on the node ports of services that have ready pods, with nginx's first page. It uses what it last heard from the API, so
/// workloads can be seen to work while the control plane is down.
/// </summary>
internal sealed class NodePorts(IPAddress address) : IDisposable
{
    private const string Page = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"
        + "<h1>Welcome to nginx!</h1>\n"
        + "<p>Served by a practice node of ClusterHeal.</p>\n</body>\n</html>\n";

    private static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<int, TcpListener> _listeners = [];

    /// <summary>Opens and closes ports so that they fit the services.</summary>
    public void Sync(Cluster cluster)
    {
        var wanted = cluster.All(ResourceKinds.Services)
            .Where(service => service.Text("spec", "type") is "NodePort" or "LoadBalancer" && HasReadyPods(cluster, service))
            .SelectMany(service => service.Items("spec", "ports")).Select(port => (int)(port.Number("nodePort") ?? 0))
                .Where(port => port > 0).ToHashSet();
        foreach (var port in _listeners.Keys.Where(port => !wanted.Contains(port)).ToArray())
        {
            _listeners[port].Dispose();
            _listeners.Remove(port);
        }
        foreach (var port in wanted.Where(port => !_listeners.ContainsKey(port))) Open(port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var listener in _listeners.Values) listener.Dispose();
    }

    private static bool HasReadyPods(Cluster cluster, JsonObject service) =>
        cluster.State.Find(ResourceKinds.Endpoints, service.Namespace(), service.Name()) is { } endpoints
        && endpoints.Items("subsets").Any(subset => subset.Items("addresses").Any());

    private void Open(int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            Log.Write($"node port {address}:{port}: {e.Message}");
            listener.Dispose();
            return;
        }
        _listeners[port] = listener;
        _ = ServeAsync(listener);
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = AnswerAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The port was closed.
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(ClientPatience);
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096], patience.Token);
                var head = $"HTTP/1.1 200 OK\r\nServer: nginx/1.27\r\nContent-Type: text/html\r\n"
                    + $"Content-Length: {Page.Length}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + Page), patience.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                Log.Write($"node port: {e.Message}");
            }
        }
    }
}
