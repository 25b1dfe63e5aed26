namespace ClusterHeal.Practice.Tour;

/// <summary>Keeps what an engine says, shows its warnings at once, and answers as a user with <c>-Confirm:$false</c>.</summary>
/// <param name="show">Shows a line.</param>
/// <param name="atStep">Is told of each step when it begins, or null.</param>
internal sealed class TourSink(Action<string> show, Action<string>? atStep) : IOperationSink
{
    private readonly object _gate = new();
    private readonly List<object> _records = [];
    private readonly List<ClusterHealException> _faults = [];

    public IReadOnlyList<object> Records => _records;

    public IReadOnlyList<ClusterHealException> Faults => _faults;

    public void Emit(object record)
    {
        lock (_gate) _records.Add(record);
    }

    public void Fail(ClusterHealException fault)
    {
        lock (_gate) _faults.Add(fault);
    }

    public void Warning(string message)
    {
        lock (_gate) show($"WARNING: {message}");
    }

    public void Progress(OperationProgress progress) => atStep?.Invoke(progress.Status);

    public void Verbose(string message)
    {
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Nobody forces anything on the tour: a safety rule that speaks up has its way.</summary>
    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);
}
