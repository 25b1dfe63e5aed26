namespace ClusterHeal.Operations;

/// <summary>
/// Takes the messages of the parts of a larger operation. The whole operation was confirmed; what its parts emit is no result of its own; a failure ends it.
/// </summary>
/// <param name="inner">The sink of the larger operation.</param>
internal sealed class PartSink(IOperationSink inner) : IOperationSink
{
    private readonly List<ClusterHealException> _faults = [];

    /// <summary>Called with each report of progress.</summary>
    public Action<OperationProgress>? OnProgress { get; init; }

    /// <summary>Whether the user has already confirmed a breach of a safety rule, given by its caption.</summary>
    public Func<string, bool> Dares { get; init; } = _ => false;

    /// <summary>What was emitted.</summary>
    public List<object> Records { get; } = [];

    /// <inheritdoc/>
    public void Emit(object record)
    {
        lock (_faults) Records.Add(record);
        inner.Verbose($"{record}");
    }

    /// <inheritdoc/>
    public void Fail(ClusterHealException fault)
    {
        lock (_faults) _faults.Add(fault);
    }

    /// <inheritdoc/>
    public void Progress(OperationProgress progress)
    {
        OnProgress?.Invoke(progress);
        inner.Progress(progress);
    }

    /// <inheritdoc/>
    public void Verbose(string message) => inner.Verbose(message);

    /// <inheritdoc/>
    public void Warning(string message) => inner.Verbose(message);

    /// <inheritdoc/>
    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(Dares(caption));

    /// <summary>Throws the first failure, if there was one.</summary>
    public void ThrowIfFailed()
    {
        lock (_faults)
        {
            if (_faults.Count > 0) throw _faults[0];
        }
    }
}
