namespace ClusterHeal.Hosts;

/// <summary>
/// Makes sure that a wrong password is given to a host's sudo only once, not by each script: the first script with a password runs alone. If sudo
/// refuses it, no other script tries.
/// </summary>
#pragma warning disable CA1001 // A semaphore without a wait handle has nothing to free, and a script may end after its shell was disposed of.
internal sealed class SudoPassword(HostConnection connection)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _first = new(1, 1);
    private volatile bool _isAccepted = !connection.Sudo || connection.SudoPassword is null;
    private HostShellException? _refusal;

    /// <summary>Opens a script's session, alone as long as no password has been accepted.</summary>
    /// <exception cref="HostShellException">What opening throws; the refusal again, if there was one.</exception>
    public async Task<T> FirstAloneAsync<T>(Func<Task<T>> openAsync, CancellationToken cancellationToken)
    {
        if (_isAccepted) return await openAsync().ConfigureAwait(false);
        await _first.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_refusal is not null) throw _refusal;
            var opened = await openAsync().ConfigureAwait(false);
            _isAccepted = true;
            return opened;
        }
        catch (HostShellException e) when (e.ErrorId == ErrorIds.SudoPasswordWrong)
        {
            _refusal = e;
            throw;
        }
        finally
        {
            _first.Release();
        }
    }
}
