using System.Diagnostics;

namespace ClusterHeal.Hosts;

/// <summary>A command that a process of this machine runs, here or on a host.</summary>
internal sealed class ProcessChannel : IScriptChannel
{
    private readonly Process _process;

    public ProcessChannel(ProcessStartInfo start)
    {
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} was not started.");
        Ended = _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <inheritdoc/>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <inheritdoc/>
    public Stream Errors => _process.StandardError.BaseStream;

    /// <inheritdoc/>
    public Task Ended { get; }

    /// <inheritdoc/>
    public CommandEnd End => new(_process.ExitCode);

    /// <inheritdoc/>
    public void Kill() => ProcessEnd.KillTree(_process);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended.ConfigureAwait(false);
        _process.Dispose();
    }
}
