using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>
/// Keeps two operators apart: only one operation at a time changes a host. The lock is a lease by the time since the host's boot. So if its owner
/// cannot release it, it ends by itself, and a change of the clock does not end it. While its owner lives, the lease is renewed.
/// </summary>
public sealed class HostLock : IAsyncDisposable
{
    private readonly IHostShell _shell;
    private readonly OperationJournal _journal;
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewal;

    private HostLock(IHostShell shell, OperationJournal journal, TimeSpan lease)
    {
        _shell = shell;
        _journal = journal;
        _renewal = RenewAsync(lease);
    }

    /// <summary>Takes the lock, and keeps it until it is disposed of.</summary>
    /// <param name="shell">The host. It has to live longer than the lock.</param>
    /// <param name="journal">The operation.</param>
    /// <param name="lease">How long it holds without being renewed.</param>
    /// <param name="force">True to take it from another operation.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HostShellException">Another operation has it, or the host cannot be asked.</exception>
    public static async Task<HostLock> TakeAsync(
        IHostShell shell, OperationJournal journal, TimeSpan lease, bool force, CancellationToken cancellationToken)
    {
        await ExtendAsync(shell, journal, lease, force, cancellationToken).ConfigureAwait(false);
        return new HostLock(shell, journal, lease);
    }

    /// <summary>Takes the lock for one lease, for a part of an operation that has the lock already.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    internal static async Task ExtendAsync(
        IHostShell shell, OperationJournal journal, TimeSpan lease, bool force, CancellationToken cancellationToken)
    {
        var who = $"{journal.Operation} by {journal.Operator}";
        var seconds = ((long)lease.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var script = new HostScript(HostScript.Text("take-lock"), journal.OperationId, seconds, who, force ? "force" : "") { Purpose = "take the lock" };
        var result = await shell.RunAsync(script, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == HostScriptFault.LockedByAnother) throw Held(shell.HostName, result.Text);
        result.ThrowIfFailed(shell.HostName, script);
    }

    /// <summary>Releases the lock. If the host cannot be reached any more, the lease ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        _released.Dispose();
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

    // A host that cannot be asked is asked again: two such tries fit into a lease. If the lock was taken from us, we do not take it back, and the
    // host itself refuses all our further steps.
    private async Task RenewAsync(TimeSpan lease)
    {
        while (true)
        {
            try
            {
                await Task.Delay(lease / 3, _journal.Time, _released.Token).ConfigureAwait(false);
                // Must not be cut off: if the host is still taking the lock when it is released, it would keep it.
                await ExtendAsync(_shell, _journal, lease, force: false, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_released.IsCancellationRequested)
            {
                return;
            }
            catch (HostShellException e)
            {
                _journal.Note(_shell.HostName, $"could not renew the lock: {e.Message}");
                if (e.ErrorId == ErrorIds.HostLocked) return;
            }
        }
    }

    private static HostShellException Held(string hostName, string facts)
    {
        var lines = facts.Split('\n');
        return new HostShellException(
            ErrorIds.HostLocked,
            FaultCategory.NotReady,
            $"{hostName}: another operation works there: {lines[2]}, operation {lines[0]}. Nothing was changed.",
            hostName,
            $"Wait for it. If it died, its lock ends by itself in {lines[1]} seconds; -Force takes the lock at once.")
        {
            ScriptState = HostScriptState.Finished,
        };
    }
}
