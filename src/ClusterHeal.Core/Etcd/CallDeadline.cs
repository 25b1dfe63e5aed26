namespace ClusterHeal.Etcd;

/// <summary>A deadline that knows who ended the call: the clock or the caller.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;

    /// <summary>Starts the clock.</summary>
    /// <param name="timeout">How long the call may take; infinite for none.</param>
    /// <param name="callersToken">The caller's own token.</param>
    public CallDeadline(TimeSpan timeout, CancellationToken callersToken)
    {
        Timeout = timeout;
        CallersToken = callersToken;
        _source = CancellationTokenSource.CreateLinkedTokenSource(callersToken);
        _source.CancelAfter(timeout);
        EndsAt = timeout == System.Threading.Timeout.InfiniteTimeSpan ? null : TimeProvider.System.GetUtcNow().UtcDateTime + timeout;
        Token = _source.Token;
    }

    /// <summary>How long the call may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>When the time is up, or null for never.</summary>
    public DateTime? EndsAt { get; }

    /// <summary>The caller's own token.</summary>
    public CancellationToken CallersToken { get; }

    /// <summary>Ends with the clock and with the caller.</summary>
    public CancellationToken Token { get; }

    /// <summary>True after the caller gave up.</summary>
    public bool CancelledByCaller => CallersToken.IsCancellationRequested;

    /// <summary>True after the time was up.</summary>
    public bool Passed => Token.IsCancellationRequested && !CancelledByCaller;

    /// <summary>Stops the clock; only the caller ends the call from now on.</summary>
    public void Lift() => _source.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
