using System.Net;
using System.Net.Sockets;

namespace ClusterHeal.Tests;

/// <summary>A port of 127.0.0.1 that refuses connections, and that nobody else is given as long as this lives.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _holder = new(SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Endpoint => $"127.0.0.1:{((IPEndPoint)_holder.LocalEndPoint!).Port}";

    public void Dispose() => _holder.Dispose();
}
