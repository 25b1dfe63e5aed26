using System.Diagnostics;
using System.Globalization;

namespace ClusterHeal.Fuzz;

/// <summary>Starts the process that reads, again with the next seed whenever an input has ended it, and keeps that input.</summary>
internal static class FuzzSupervisor
{
    /// <summary>The limits of the process that reads: 768 MiB, and one processor.</summary>
    public static IReadOnlyDictionary<string, string?> Limits { get; } = new Dictionary<string, string?>
    {
        ["DOTNET_GCHeapHardLimit"] = "0x30000000",
        ["DOTNET_PROCESSOR_COUNT"] = "1",
    };

    /// <summary>Runs for a time.</summary>
    /// <param name="time">How long.</param>
    /// <param name="folder">Takes the reports, and the inputs of findings.</param>
    /// <param name="seed">The first seed.</param>
    /// <returns>The exit code: 1 where something was found.</returns>
    public static async Task<int> RunAsync(TimeSpan time, string folder, int seed)
    {
        Directory.CreateDirectory(folder);
        var start = Stopwatch.GetTimestamp();
        var worst = 0;
        for (; Stopwatch.GetElapsedTime(start) < time; seed++)
        {
            var code = await ReadAsync(seed, time - Stopwatch.GetElapsedTime(start), folder);
            worst = Math.Max(worst, code == 0 ? 0 : 1);
            Console.WriteLine(await File.ReadAllTextAsync(FuzzChild.ReportIn(folder)));
            if (code is 0 or 1) break;
            Console.WriteLine($"seed {seed}: an input ended the process (exit code {code})");
            foreach (var current in FuzzChild.CurrentIn(folder))
                File.Move(current, Path.Combine(folder, $"ended-{seed}-{Path.GetFileName(current)}"), overwrite: true);
        }

        return worst;
    }

    private static async Task<int> ReadAsync(int seed, TimeSpan time, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(FuzzRun).Assembly.Location);
        string[] arguments = [FuzzChild.Word, $"{seed}", time.TotalMinutes.ToString(CultureInfo.InvariantCulture), $"{int.MaxValue}", folder];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Limits) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        // It has a watchdog of its own; one that is deaf to it, too, is killed here.
        using var patience = new CancellationTokenSource(time + TimeSpan.FromMinutes(1));
        try
        {
            await child.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
        }

        return child.ExitCode;
    }
}
