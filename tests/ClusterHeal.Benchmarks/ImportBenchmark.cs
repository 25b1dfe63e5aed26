using System.Globalization;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Benchmarks;

/// <summary>The import of the staged module, beside a pwsh that imports nothing.</summary>
internal static class ImportBenchmark
{
    private const int Rounds = 15;

    /// <summary>Starts both in turn several times and prints the medians and their difference.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var module = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../out/ClusterHeal/ClusterHeal.psd1"));
        var (bare, withModule) = (Run("exit"), Run($"Import-Module '{module}'"));

        // The first round brings the files into the system's cache and is not counted.
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var contender in (Contender[])[bare, withModule])
            {
                var run = await Measured.RunAsync(contender, cancellationToken);
                if (round > 0) contender.Runs.Add(run);
            }
        }

        var (alone, import) = (Measured.Median(bare.Runs).Elapsed, Measured.Median(withModule.Runs).Elapsed);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"pwsh {alone.TotalMilliseconds:0} ms, with the module {import.TotalMilliseconds:0} ms: the import is {(import - alone).TotalMilliseconds:0} ms (median of {Rounds})"));
    }

    private static Contender Run(string script) =>
        new("pwsh", Pwsh.File, ["-NoProfile", "-NonInteractive", "-Command", script]) { Environment = Pwsh.Environment };
}
