namespace ClusterHeal.Operations.Drills;

/// <summary>
/// What the parts of a drill speak to. The drill was agreed to as a whole; what its parts put out is no result of its own; a failure ends it.
/// </summary>
/// <param name="inner">What the drill itself speaks to.</param>
internal sealed class DrillSink(IOperationSink inner) : IOperationSink
{
    private readonly List<ClusterHealException> _faults = [];

    /// <summary>Called with each report of progress.</summary>
    public Action<OperationProgress>? OnProgress { get; init; }

    /// <summary>What was put out.</summary>
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

    /// <summary>
    /// A drill has counted the API servers before, and asked the user where there is one only; etcd's quorum it never risks.
    /// </summary>
    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) =>
        Task.FromResult(caption == "last API server");

    /// <summary>Throws the first failure, where there was one.</summary>
    public void ThrowIfFailed()
    {
        lock (_faults)
        {
            if (_faults.Count > 0) throw _faults[0];
        }
    }
}
