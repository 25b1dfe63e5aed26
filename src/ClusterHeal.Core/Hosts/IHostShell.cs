namespace ClusterHeal.Hosts;

/// <summary>
/// A shell on one host: runs scripts, moves files, and opens connections from there. It lives as long as one operation. Every member may be called
/// from several tasks at once. Failures are <see cref="HostShellException"/>s.
/// </summary>
public interface IHostShell : IAsyncDisposable
{
    /// <summary>The host, as the user named it.</summary>
    string HostName { get; }

    /// <summary>
    /// Runs a script to its end. Any exit code is a result. An exception means that the script could not be started, or that it is not known how it
    /// ended (see <see cref="HostShellException.ScriptState"/>).
    /// </summary>
    Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken);

    /// <summary>Copies a file of the host into a stream.</summary>
    /// <exception cref="HostShellException">It is not there, cannot be read, or became shorter while it was read.</exception>
    Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file on the host: first beside its place, where its hash is checked and it is synced; then it is renamed to its name and replaces
    /// whatever had it. If anything fails, the old file is still there.
    /// </summary>
    /// <param name="path">The full path on the host.</param>
    /// <param name="content">The content from its position to its end; the stream must know its length.</param>
    /// <param name="access">Mode and owner.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection from the host to an address that the host can reach. A <c>StreamDialer</c>.</summary>
    /// <param name="host">The address, as the host knows it: <c>127.0.0.1</c> is the host itself.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken);
}
