using System.Collections.Concurrent;

namespace ClusterHeal.Tests.Kubernetes;

/// <summary>Keeps what an operation says, and says yes to all questions unless told otherwise.</summary>
internal sealed class RecordingSink : IOperationSink
{
    public ConcurrentQueue<object> Records { get; } = new();

    public ConcurrentQueue<ClusterHealException> Faults { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<(string Target, string Action)> Questions { get; } = new();

    public bool Answer { get; init; } = true;

    public IEnumerable<T> All<T>() => Records.OfType<T>();

    public void Emit(object record) => Records.Enqueue(record);

    public void Fail(ClusterHealException fault) => Faults.Enqueue(fault);

    public void Progress(OperationProgress progress)
    {
    }

    public void Verbose(string message)
    {
    }

    public void Warning(string message) => Warnings.Enqueue(message);

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken)
    {
        Questions.Enqueue((target, action));
        return Task.FromResult(Answer);
    }

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(Answer);
}
