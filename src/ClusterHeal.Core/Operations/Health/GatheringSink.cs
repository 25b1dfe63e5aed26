namespace ClusterHeal.Operations;

/// <summary>Keeps what another operation emits, for an operation that uses it. It never confirms anything.</summary>
internal sealed class GatheringSink : IOperationSink
{
    private readonly object _lock = new();

    public List<object> Records { get; } = [];

    public List<ClusterHealException> Faults { get; } = [];

    public void Emit(object record) => Add(Records, record);

    public void Fail(ClusterHealException fault) => Add(Faults, fault);

    public void Progress(OperationProgress progress)
    {
        // The health test reports its own progress.
    }

    public void Verbose(string message)
    {
        // The results of the checks say it.
    }

    public void Warning(string message)
    {
        // Each has its own check.
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock) list.Add(item);
    }
}
