using System.Diagnostics;
using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>
/// The one connection to a host that all sessions of an operation share. Its process waits for the end of its input, so it ends when this process
/// ends, in whatever way.
/// </summary>
internal sealed class SshMaster : IAsyncDisposable
{
    private const string Ready = "clusterheal-connected";
    private readonly Process _process;

    private SshMaster(Process process) => _process = process;

    /// <summary>True while the connection is open, as far as is known.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>The command that the master's own session runs on the host.</summary>
    public static string Command => $"sh -c 'echo {Ready}; exec cat >/dev/null'";

    /// <summary>Makes the connection and waits until sessions can use it.</summary>
    /// <param name="start">The ssh to start.</param>
    /// <param name="connection">The host.</param>
    /// <param name="password">Answers the ssh that asks for the password, or null.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HostShellException">The login failed.</exception>
    public static async Task<SshMaster> ConnectAsync(
        ProcessStartInfo start, HostConnection connection, AskPass? password, CancellationToken cancellationToken)
    {
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} was not started.");
        var master = new SshMaster(process);
        try
        {
            password?.Answer(process);
            var errors = new ErrorStream(process.StandardError.BaseStream);
            var output = new MarkedReader(process.StandardOutput.BaseStream);
            if (await output.SkipPastAsync(Encoding.ASCII.GetBytes(Ready + "\n"), cancellationToken).ConfigureAwait(false)) return master;
            await Task.WhenAll(process.WaitForExitAsync(cancellationToken), errors.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
            throw SshFault.BeforeStart(connection, errors.Text, output.Skipped, new CommandEnd(process.ExitCode));
        }
        catch
        {
            await master.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync()
    {
        // A master that is ended by a signal removes its socket and ends its sessions.
        ProcessEnd.KillSsh(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
