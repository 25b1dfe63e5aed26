using System.Runtime.InteropServices;

namespace ClusterHeal.Practice;

/// <summary>The frame of the practice programs: a signal ends them in order, and an error is one sentence.</summary>
public static class PracticeProgram
{
    /// <summary>Runs a program until it ends, or until Ctrl+C, SIGTERM or SIGHUP.</summary>
    /// <param name="run">The program; what it is given is cancelled by a signal.</param>
    /// <returns>The program's exit code; 1 after a <see cref="PracticeException"/>, 130 after a signal.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
        try
        {
            return await run(stop.Token);
        }
        catch (PracticeException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
