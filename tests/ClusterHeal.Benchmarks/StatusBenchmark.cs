using System.Globalization;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Benchmarks;

/// <summary>Get-EtcdSnapshot and Test-EtcdSnapshot beside <c>etcdutl snapshot status</c>, on a snapshot of 1 GiB.</summary>
internal static class StatusBenchmark
{
    /// <summary>The word that makes this program inspect a file as Get-EtcdSnapshot does, as a child of the benchmark.</summary>
    public const string Inspect = "inspect-one";

    /// <summary>The word that makes this program test a file as Test-EtcdSnapshot does.</summary>
    public const string Test = "test-one";

    private const int Rounds = 7;

    /// <summary>Runs all programs in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = await BigSnapshot.GetAsync(cancellationToken);
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        Contender[] contenders =
        [
            new("etcdutl snapshot status", programs.Utl!, ["snapshot", "status", path, "-w", "json"]),
            new("ClusterHeal status", Environment.ProcessPath!, [.. Self, Inspect, path]),
            new("ClusterHeal full test", Environment.ProcessPath!, [.. Self, Test, path]),
        ];

        // The first round brings the file into the system's cache and is not counted.
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var run = await Measured.RunAsync(contender.Program, contender.Arguments, cancellationToken);
                if (round > 0) contender.Runs.Add(run);
            }
        }

        var theirs = Measured.Median(contenders[0].Runs);
        Console.WriteLine($"{new FileInfo(path).Length} bytes, {Environment.ProcessorCount} processors, median of {Rounds} runs, whole processes");
        foreach (var contender in contenders)
        {
            var median = Measured.Median(contender.Runs);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{contender.Name,-24} {median.Elapsed.TotalSeconds,6:0.00} s   {median.Elapsed / theirs.Elapsed,5:0.00} of etcdutl   {median.PeakBytes / 1048576,5} MiB peak"));
        }
        Console.WriteLine($"etcdutl: {theirs.Output.Trim()}");
        Console.WriteLine($"ours:    {contenders[1].Runs[0].Output.Trim()}");
    }

    /// <summary>Does one run of ours in this process.</summary>
    public static async Task<int> RunOursAsync(string what, string path, CancellationToken cancellationToken)
    {
        var inspection = await SnapshotInspection.RunAsync(path, (file, token) => what == Test ? file.ComputeSum(token) : file.ReadSum(), cancellationToken);
        var snapshot = inspection.RequireSound();
        Console.WriteLine($"{{\"hash\":{snapshot.Hash},\"revision\":{snapshot.Revision},\"totalKey\":{snapshot.TotalKeys},\"totalSize\":{snapshot.Size}}}");
        return what == Inspect || snapshot.Checksum == SnapshotChecksum.Verified ? 0 : 1;
    }

    /// <summary>With `dotnet run` the process is the program itself; with `dotnet x.dll` it is the host.</summary>
    private static string[] Self => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(StatusBenchmark).Assembly.Location] : [];

    private sealed record Contender(string Name, string Program, string[] Arguments)
    {
        public List<Measured> Runs { get; } = [];
    }
}
