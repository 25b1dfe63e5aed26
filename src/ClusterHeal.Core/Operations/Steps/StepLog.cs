namespace ClusterHeal.Operations;

/// <summary>Runs the steps of an operation, reports the current one, and keeps the result of each.</summary>
/// <param name="activity">The name of the operation in the progress.</param>
/// <param name="sink">Where the progress goes.</param>
/// <param name="time">The clock.</param>
internal sealed class StepLog(string activity, IOperationSink sink, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly List<ClusterRestoreStep> _steps = [];

    /// <summary>The steps so far.</summary>
    public ClusterRestoreStep[] Steps => [.. _steps];

    /// <summary>When it began, by the clock of this machine.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>How old this log is.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Runs a step. If it fails, it is kept with the reason, and its exception is thrown on.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="work">Does it, and returns its result in words, or null.</param>
    public Task RunAsync(string name, Func<Task<string?>> work) =>
        JudgeAsync(name, async () => (CheckStatus.Pass, await work().ConfigureAwait(false)));

    /// <summary>Runs a step that judges its own result.</summary>
    public async Task JudgeAsync(string name, Func<Task<(CheckStatus Status, string? Message)>> work)
    {
        var (start, at) = (time.GetTimestamp(), Elapsed);
        sink.Progress(new OperationProgress(activity, name));
        sink.Verbose(name);
        try
        {
            var (status, message) = await work().ConfigureAwait(false);
            _steps.Add(new ClusterRestoreStep(name, status, time.GetElapsedTime(start), message) { At = at });
        }
        catch (Exception failure)
        {
            _steps.Add(new ClusterRestoreStep(name, CheckStatus.Fail, time.GetElapsedTime(start), failure.Message) { At = at });
            throw;
        }
    }

    /// <summary>Runs a step without a result in words.</summary>
    public Task RunAsync(string name, Func<Task> work) => RunAsync(name, async () =>
    {
        await work().ConfigureAwait(false);
        return null;
    });

    /// <summary>Notes something that has no effect on the outcome.</summary>
    public void Note(string name, CheckStatus status, string message) => _steps.Add(new ClusterRestoreStep(name, status, TimeSpan.Zero, message) { At = Elapsed });

    /// <summary>Ends the progress.</summary>
    public void Complete() => sink.Progress(new OperationProgress(activity, "done") { Completed = true });
}
