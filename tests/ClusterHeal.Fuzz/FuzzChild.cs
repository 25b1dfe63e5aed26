using System.Diagnostics;
using System.Globalization;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Fuzz;

/// <summary>Reads inputs in a process of its own, which an input may end: by its time, its memory, or its stack. What it read last lies in the folder.</summary>
/// <param name="seed">Decides all inputs.</param>
/// <param name="time">How long it reads.</param>
/// <param name="count">How many inputs it reads at most.</param>
/// <param name="folder">Takes the report, and the inputs of findings.</param>
internal sealed class FuzzChild(int seed, TimeSpan time, int count, string folder)
{
    /// <summary>The word on the command line that makes a process one.</summary>
    public const string Word = "child";

    /// <summary>How many bytes a text may have.</summary>
    public int Longest { get; init; } = 512 * 1024;

    /// <summary>The only target that gets inputs; null for all.</summary>
    public string? Target { get; init; }

    /// <summary>How many snapshots etcdutl is asked about.</summary>
    public int MostJudged { get; init; } = int.MaxValue;

    /// <summary>Where it writes what came of all inputs.</summary>
    public static string ReportIn(string folder) => Path.Combine(folder, "report.txt");

    /// <summary>The files of the inputs that were read last.</summary>
    public static string[] CurrentIn(string folder) => Directory.GetFiles(folder, "current-*");

    /// <summary>Reads.</summary>
    /// <returns>The exit code: 1 where something was found.</returns>
    public async Task<int> RunAsync()
    {
        var work = Directory.CreateTempSubdirectory("clusterheal-fuzz-").FullName;
        var judge = (await EtcdPrograms.GetAsync(EtcdRelease.V35, CancellationToken.None)).Utl;
        var run = new FuzzRun([.. FuzzTargets.All(Root(), work, judge, MostJudged).Where(target => Target is null || target.Name == Target)], Longest, folder);
        var (start, begun) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        using var watchdog = new Timer(
            _ =>
            {
                if (Stopwatch.GetElapsedTime(Interlocked.Read(ref begun)) > 6 * FuzzRun.MostTime) Environment.FailFast("An input takes too long.");
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        while (run.Count < count && (time == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(start) < time))
        {
            Interlocked.Exchange(ref begun, Stopwatch.GetTimestamp());
            await run.StepAsync(seed, (target, input) => Overwrite(Path.Combine(folder, $"current-{target.Name}"), input), CancellationToken.None);
            if (run.Count % 5000 == 0) await ReportAsync();
        }

        await ReportAsync();
        Directory.Delete(work, recursive: true);
        foreach (var current in CurrentIn(folder)) File.Delete(current);
        return run.Findings.Count == 0 ? 0 : 1;

        Task ReportAsync()
        {
            using var self = Process.GetCurrentProcess();
            string[] lines =
            [
                string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {Stopwatch.GetElapsedTime(start).TotalMinutes:0.0} minutes, peak memory {self.PeakWorkingSet64 >> 20} MiB"),
                .. run.Describe(),
            ];
            return File.WriteAllLinesAsync(ReportIn(folder), lines);
        }
    }

    /// <summary>A file that is emptied first is written to the disk at once by some file systems, which takes longer than all the reading.</summary>
    private static void Overwrite(string path, byte[] input)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, input, 0);
        RandomAccess.SetLength(file, input.Length);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ClusterHeal.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The fuzzer does not run in a checkout of ClusterHeal.");
    }
}
