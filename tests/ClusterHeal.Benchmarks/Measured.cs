using System.Diagnostics;

namespace ClusterHeal.Benchmarks;

/// <summary>What one run of a program took.</summary>
/// <param name="Elapsed">From its start to its end.</param>
/// <param name="Output">What it printed.</param>
internal sealed record Measured(TimeSpan Elapsed, string Output)
{
    /// <summary>Runs a program to its end.</summary>
    public static async Task<Measured> RunAsync(Contender contender, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        using var process = Process.Start(contender.Start())!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{contender.Program} {string.Join(' ', contender.Arguments)} ended with {process.ExitCode}.");
        return new Measured(elapsed, await output);
    }

    /// <summary>The run with the middle time.</summary>
    public static Measured Median(IReadOnlyCollection<Measured> runs) => runs.OrderBy(r => r.Elapsed).ElementAt(runs.Count / 2);
}
