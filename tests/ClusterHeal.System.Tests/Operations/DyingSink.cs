using System.Diagnostics;

namespace ClusterHeal.Tests;

/// <summary>Says yes to everything, and kills this process when the step with a number, or with a name, begins.</summary>
/// <param name="activity">The operation whose steps are counted.</param>
/// <param name="lastStep">The step.</param>
internal sealed class DyingSink(string activity, string lastStep) : IOperationSink
{
    private int _step;

    public void Emit(object record)
    {
    }

    public void Fail(ClusterHealException fault) => throw fault;

    public void Progress(OperationProgress progress)
    {
        if (progress.Activity != activity || progress.Completed) return;
        if (progress.Status != lastStep && $"{++_step}" != lastStep) return;
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    public void Verbose(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);
}
