using System.Diagnostics;
using System.Net.Sockets;

namespace ClusterHeal.Hosts;

/// <summary>The same as a shell on a host, on this machine: for a person who is logged in on the master itself.</summary>
internal sealed class LocalShell(HostConnection connection, TimeProvider time) : ProcessShell(connection, time)
{
    /// <inheritdoc/>
    public override async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override ValueTask<ProcessStartInfo> StartInfoAsync(string command, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Piped("/bin/sh", ["-c", command]));
}
