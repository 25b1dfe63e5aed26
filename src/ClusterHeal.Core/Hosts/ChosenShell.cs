namespace ClusterHeal.Hosts;

/// <summary>A shell that chooses its transport when it is first used, because to ask ssh about a host needs a process.</summary>
internal sealed class ChosenShell(HostConnection connection, bool forOneScript, Action<string> explain, TimeProvider time) : IHostShell
{
    private readonly SemaphoreSlim _choosing = new(1, 1);
    private IHostShell? _shell;

    /// <inheritdoc/>
    public string HostName => connection.HostName;

    /// <inheritdoc/>
    public async Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        var shell = await ShellAsync(cancellationToken).ConfigureAwait(false);
        return await shell.RunAsync(script, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        var shell = await ShellAsync(cancellationToken).ConfigureAwait(false);
        return await shell.ReadFileAsync(path, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken)
    {
        var shell = await ShellAsync(cancellationToken).ConfigureAwait(false);
        return await shell.WriteFileAsync(path, content, access, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var shell = await ShellAsync(cancellationToken).ConfigureAwait(false);
        return await shell.DialAsync(host, port, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_shell is not null) await _shell.DisposeAsync().ConfigureAwait(false);
        _choosing.Dispose();
    }

    private async ValueTask<IHostShell> ShellAsync(CancellationToken cancellationToken)
    {
        if (_shell is not null) return _shell;
        await _choosing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_shell is not null) return _shell;
            var choice = await SshTransportChoice.MakeAsync(connection, cancellationToken).ConfigureAwait(false);
            explain($"{connection} is reached by {choice.Transport}: {choice.Reason}.");
            return _shell = choice.Open(connection, forOneScript, time);
        }
        finally
        {
            _choosing.Release();
        }
    }
}
