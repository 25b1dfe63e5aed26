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
        var path = await BigSnapshot.ManyKeys.GetAsync(cancellationToken);
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        Contender[] contenders =
        [
            new("etcdutl snapshot status", programs.Utl!, ["snapshot", "status", path, "-w", "json"]),
            Contender.Ourselves("ClusterHeal status", Inspect, path),
            Contender.Ourselves("ClusterHeal full test", Test, path),
        ];

        await Race.RunAsync(contenders, Rounds, $"{new FileInfo(path).Length} bytes", cancellationToken);
        Console.WriteLine($"etcdutl: {contenders[0].Runs[0].Output.Trim()}");
        Console.WriteLine($"ours:    {contenders[1].Runs[0].Output.Trim()}");
    }

    /// <summary>Does one run of ours in this process.</summary>
    public static async Task<int> RunOursAsync(string what, string path, CancellationToken cancellationToken)
    {
        var inspection = await (what == Test ? SnapshotInspection.ProveAsync(path, cancellationToken) : SnapshotInspection.RunAsync(path, cancellationToken));
        var snapshot = inspection.RequireSound();
        Console.WriteLine($"{{\"hash\":{snapshot.Hash},\"revision\":{snapshot.Revision},\"totalKey\":{snapshot.TotalKeys},\"totalSize\":{snapshot.Size}}}");
        return what == Inspect || snapshot.Checksum == SnapshotChecksum.Verified ? 0 : 1;
    }
}
