using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>A TCP connection through <c>ssh -W</c>: the process's input and output. No port is opened on this machine.</summary>
internal sealed class SshTunnel : DuplexStream
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private readonly Process _process;
    private readonly HostConnection _connection;
    private readonly string _target;
    private readonly Stream _output;
    private readonly Stream _input;
    private readonly ErrorStream _errors;
    private bool _received;

    /// <summary>Takes over the process.</summary>
    public SshTunnel(Process process, HostConnection connection, string target)
    {
        _process = process;
        _connection = connection;
        _target = target;
        _output = process.StandardOutput.BaseStream;
        _input = process.StandardInput.BaseStream;
        _errors = new ErrorStream(process.StandardError.BaseStream);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0) _received = true;
        else if (buffer.Length > 0) await ThrowIfFailedAsync().ConfigureAwait(false);
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await ThrowIfFailedAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => _input.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ProcessEnd.KillSsh(_process);
            _process.Dispose();
        }

        base.Dispose(disposing);
    }

    // The standard error and the exit code of ssh say why nothing comes: the host refused, or the connection broke.
    private async Task ThrowIfFailedAsync()
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), _errors.Ended).WaitAsync(Grace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }

        if (_process.ExitCode == 0 && _received) return;
        var fault = SshFault.Tunnel(_connection, _target, _errors.Text);
        throw new IOException(fault.Message, fault);
    }
}
