using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>The import of the staged module, beside a pwsh that imports nothing.</summary>
internal static class ImportBenchmark
{
    private const int Rounds = 15;

    /// <summary>Starts both in turn several times and prints the medians and their difference.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var module = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../out/ClusterHeal/ClusterHeal.psd1"));
        string[] scripts = ["exit", $"Import-Module '{module}'"];
        var runs = scripts.Select(_ => new List<Measured>()).ToArray();

        // The first round brings the files into the system's cache and is not counted.
        for (var round = 0; round <= Rounds; round++)
        {
            for (var i = 0; i < scripts.Length; i++)
            {
                var run = await Measured.RunAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command", scripts[i]], cancellationToken);
                if (round > 0) runs[i].Add(run);
            }
        }

        var (bare, import) = (Measured.Median(runs[0]).Elapsed, Measured.Median(runs[1]).Elapsed);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"pwsh {bare.TotalMilliseconds:0} ms, with the module {import.TotalMilliseconds:0} ms: the import is {(import - bare).TotalMilliseconds:0} ms (median of {Rounds})"));
    }
}
