using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>The same as a shell on a host, on this machine: for a person who is logged in on the master itself.</summary>
internal sealed class LocalShell(HostConnection connection, TimeProvider time) : ProcessShell(connection, time)
{
    /// <inheritdoc/>
    public override ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) =>
        SocketDialer.DialTcpAsync(host, port, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override ProcessStartInfo StartInfo(string command) => Piped("/bin/sh", ["-c", command]);
}
