using System.Diagnostics;
using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>What one run of a program took.</summary>
/// <param name="Elapsed">From its start to its end.</param>
/// <param name="PeakBytes">The most memory that it had resident (VmHWM), the runtime and mapped files included.</param>
/// <param name="Output">What it printed.</param>
internal sealed record Measured(TimeSpan Elapsed, long PeakBytes, string Output)
{
    /// <summary>Runs a program to its end and looks at its memory every few milliseconds; the kernel keeps the peak.</summary>
    public static async Task<Measured> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["ETCDCTL_API"] = "3";
        var clock = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var exited = process.WaitForExitAsync(cancellationToken);
        var peak = 0L;
        while (!exited.IsCompleted)
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            await Task.WhenAny(exited, Task.Delay(5, cancellationToken));
        }
        await exited;
        var elapsed = Stopwatch.GetElapsedTime(clock);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        return new Measured(elapsed, peak, await output);
    }

    /// <summary>The run with the middle time, and the highest peak of all.</summary>
    public static Measured Median(IReadOnlyCollection<Measured> runs) =>
        runs.OrderBy(r => r.Elapsed).ElementAt(runs.Count / 2) with { PeakBytes = runs.Max(r => r.PeakBytes) };

    private static long PeakOf(int pid)
    {
        const string Field = "VmHWM:";
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
    }
}
