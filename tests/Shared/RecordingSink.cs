namespace ClusterHeal.Tests;

/// <summary>Keeps what an operation says. Answers every question with <see cref="Answer"/>.</summary>
internal sealed class RecordingSink : IOperationSink
{
    private readonly object _lock = new();

    public bool Answer { get; init; } = true;

    /// <summary>The answer to a question about a breach of a safety rule.</summary>
    public bool DangerAnswer { get; init; } = true;

    /// <summary>Called with each warning, at the moment it comes.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Called with each report of progress, at the moment it comes.</summary>
    public Action<OperationProgress>? OnProgress { get; init; }

    /// <summary>Called with each result, at the moment it comes.</summary>
    public Action<object>? OnRecord { get; init; }

    public List<object> Records { get; } = [];

    public List<ClusterHealException> Faults { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Questions { get; } = [];

    public List<OperationProgress> Reports { get; } = [];

    public List<string> Verboses { get; } = [];

    public void Emit(object record)
    {
        Add(Records, record);
        OnRecord?.Invoke(record);
    }

    public void Fail(ClusterHealException fault) => Add(Faults, fault);

    public void Progress(OperationProgress progress)
    {
        Add(Reports, progress);
        OnProgress?.Invoke(progress);
    }

    public void Verbose(string message) => Add(Verboses, message);

    public void Warning(string message)
    {
        Add(Warnings, message);
        OnWarning?.Invoke(message);
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken)
    {
        Add(Questions, $"{action}: {target}");
        return Task.FromResult(Answer);
    }

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken)
    {
        Add(Questions, $"{caption}: {question}");
        return Task.FromResult(Answer && DangerAnswer);
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock) list.Add(item);
    }
}
