using System.Net;
using System.Net.Sockets;

namespace ClusterHeal.Practice.Etcd;

/// <summary>Ports of 127.0.0.1 on which nobody listens.</summary>
public static class LoopbackPorts
{
    /// <summary>Asks the system for some that are free at this moment; another process may still be quicker.</summary>
    public static int[] Take(int count)
    {
        var held = new List<TcpListener>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                held.Add(listener);
            }
            return [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            held.ForEach(listener => listener.Dispose());
        }
    }
}
