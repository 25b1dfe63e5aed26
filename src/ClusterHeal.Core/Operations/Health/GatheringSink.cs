namespace ClusterHeal.Operations;

/// <summary>Keeps what another operation hands out, for one that goes on with it. Nothing is ever confirmed here.</summary>
internal sealed class GatheringSink : IOperationSink
{
    private readonly object _lock = new();

    public List<object> Records { get; } = [];

    public List<ClusterHealException> Faults { get; } = [];

    public void Emit(object record) => Add(Records, record);

    public void Fail(ClusterHealException fault) => Add(Faults, fault);

    public void Progress(OperationProgress progress)
    {
        // The health test tells its own progress.
    }

    public void Verbose(string message)
    {
        // What the checks say is said by their results.
    }

    public void Warning(string message)
    {
        // Each has a check of its own.
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock) list.Add(item);
    }
}
