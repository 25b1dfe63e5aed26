using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>
/// Keeps two operators apart: one operation at a time changes a host. The lock is a lease by the host's own clock, so one that its owner
/// could not release ends by itself.
/// </summary>
public sealed class HostLock : IAsyncDisposable
{
    private const int HeldByAnother = 45;
    private readonly IHostShell _shell;
    private readonly OperationJournal _journal;

    private HostLock(IHostShell shell, OperationJournal journal)
    {
        _shell = shell;
        _journal = journal;
    }

    /// <summary>Takes the lock, or takes it again for another lease where this operation has it already.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="journal">The operation.</param>
    /// <param name="lease">How long it holds without being taken again.</param>
    /// <param name="force">True to take it from whoever has it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HostShellException">Another operation has it, or the host cannot be asked.</exception>
    public static async Task<HostLock> TakeAsync(
        IHostShell shell, OperationJournal journal, TimeSpan lease, bool force, CancellationToken cancellationToken)
    {
        var who = $"{journal.Operation} by {journal.Operator}";
        var seconds = ((long)lease.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var script = new HostScript(HostScript.Text("take-lock"), journal.OperationId, seconds, who, force ? "force" : "") { Purpose = "take the lock" };
        var result = await shell.RunAsync(script, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == HeldByAnother) throw Held(shell.HostName, result.Text);
        result.ThrowIfFailed(shell.HostName, script);
        return new HostLock(shell, journal);
    }

    /// <summary>Releases the lock. Where the host cannot be reached any more, the lease ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var script = new HostScript(HostScript.Text("release-lock"), _journal.OperationId) { Purpose = "release the lock" };
            await _shell.RunAsync(script, CancellationToken.None).ConfigureAwait(false);
        }
        catch (HostShellException e)
        {
            _journal.Note(_shell.HostName, $"left the lock to end by itself: {e.ErrorId}");
        }
    }

    private static HostShellException Held(string hostName, string facts)
    {
        var lines = facts.Split('\n');
        var end = DateTimeOffset.FromUnixTimeSeconds(long.Parse(lines[1], CultureInfo.InvariantCulture));
        return new HostShellException(
            ErrorIds.HostLocked,
            FaultCategory.NotReady,
            $"{hostName}: another operation works there: {lines[2]}, operation {lines[0]}. Nothing was changed.",
            hostName,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Wait for it. If it died, its lock ends by itself at {end:HH:mm:ss} UTC of the host's clock; -Force takes the lock at once."))
        {
            ScriptState = HostScriptState.Finished,
        };
    }
}
