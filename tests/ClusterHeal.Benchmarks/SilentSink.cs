namespace ClusterHeal.Benchmarks;

/// <summary>Prints results and errors, keeps the rest to itself, and agrees to everything.</summary>
internal sealed class SilentSink : IOperationSink
{
    public void Emit(object record) => Console.WriteLine(record);

    public void Fail(ClusterHealException fault) => Console.Error.WriteLine(fault.Message);

    public void Progress(OperationProgress progress)
    {
    }

    public void Verbose(string message)
    {
    }

    public void Warning(string message) => Console.Error.WriteLine(message);

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(true);
}
