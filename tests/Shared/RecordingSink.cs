namespace ClusterHeal.Tests;

/// <summary>Keeps what an operation says. Answers every question with <see cref="Answer"/>.</summary>
internal sealed class RecordingSink : IOperationSink
{
    private readonly object _lock = new();
    private readonly List<object> _records = [];
    private readonly List<ClusterHealException> _faults = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _questions = [];
    private readonly List<OperationProgress> _reports = [];
    private readonly List<string> _verboses = [];

    public bool Answer { get; init; } = true;

    /// <summary>The answer to a question about a breach of a safety rule.</summary>
    public bool DangerAnswer { get; init; } = true;

    /// <summary>Called with each warning, at the moment it comes.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Called with each report of progress, at the moment it comes.</summary>
    public Action<OperationProgress>? OnProgress { get; init; }

    /// <summary>Called with each result, at the moment it comes.</summary>
    public Action<object>? OnRecord { get; init; }

    public IReadOnlyList<object> Records => SoFar(_records);

    public IReadOnlyList<ClusterHealException> Faults => SoFar(_faults);

    public IReadOnlyList<string> Warnings => SoFar(_warnings);

    public IReadOnlyList<string> Questions => SoFar(_questions);

    public IReadOnlyList<OperationProgress> Reports => SoFar(_reports);

    public IReadOnlyList<string> Verboses => SoFar(_verboses);

    public IEnumerable<T> All<T>() => Records.OfType<T>();

    public void Emit(object record)
    {
        Add(_records, record);
        OnRecord?.Invoke(record);
    }

    public void Fail(ClusterHealException fault) => Add(_faults, fault);

    public void Progress(OperationProgress progress)
    {
        Add(_reports, progress);
        OnProgress?.Invoke(progress);
    }

    public void Verbose(string message) => Add(_verboses, message);

    public void Warning(string message)
    {
        Add(_warnings, message);
        OnWarning?.Invoke(message);
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken)
    {
        Add(_questions, $"{action}: {target}");
        return Task.FromResult(Answer);
    }

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken)
    {
        Add(_questions, $"{caption}: {question}");
        return Task.FromResult(Answer && DangerAnswer);
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock) list.Add(item);
    }

    // An operation may still be at work while a test looks.
    private T[] SoFar<T>(List<T> list)
    {
        lock (_lock) return [.. list];
    }
}
