using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>The same as a shell on a host, but on this machine: for a person who is logged in on the master itself.</summary>
internal sealed class LocalShell(HostConnection connection, TimeProvider time) : ScriptShell(connection, time)
{
    /// <inheritdoc/>
    public override ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) =>
        SocketDialer.DialTcpAsync(host, port, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    /// <remarks>Here a script is in the process group of its caller, and ends with its channel.</remarks>
    protected override Task<bool> EndOnHostAsync(ScriptText text, string shellId) => Task.FromResult(true);

    /// <inheritdoc/>
    protected override ValueTask<IScriptChannel> StartAsync(string command, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IScriptChannel>(new ProcessChannel(ProgramStart.Piped("/bin/sh", ["-c", command])));
}
