using System.Diagnostics;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Get-EtcdSnapshot and Test-EtcdSnapshot beside <c>etcdutl snapshot status</c>, on a snapshot of 1 GiB: in the system's cache, as just
/// after it was saved, and on the disk, as a backup of yesterday. etcdutl proves no sha256; sha256sum does, and nothing else.
/// </summary>
internal static class StatusBenchmark
{
    /// <summary>The word that makes this program inspect a file as Get-EtcdSnapshot does, as a child of the benchmark.</summary>
    public const string Inspect = "inspect-one";

    /// <summary>The word that makes this program test a file as Test-EtcdSnapshot does.</summary>
    public const string Test = "test-one";

    private const int Rounds = 7;

    /// <summary>From the disk etcdutl takes so long that a few rounds tell enough.</summary>
    private const int RoundsFromDisk = 3;

    /// <summary>Runs all programs in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = await BigSnapshot.ManyKeys.GetAsync(cancellationToken);
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        var size = $"{new FileInfo(path).Length} bytes";
        var cached = Contenders(afterwards: null);
        await Race.RunAsync([.. cached, new("sha256sum", "sha256sum", [path])], Rounds, $"{size} in the cache", cancellationToken);
        Console.WriteLine($"etcdutl: {cached[0].Runs[0].Output.Trim()}");
        Console.WriteLine($"ours:    {cached[1].Runs[0].Output.Trim()}");
        await Race.RunAsync(Contenders(() => DropFromCache(path)), RoundsFromDisk, $"{size} on the disk", cancellationToken);

        Contender[] Contenders(Action? afterwards) =>
        [
            new("etcdutl snapshot status", programs.Utl!, ["snapshot", "status", path, "-w", "json"]) { Afterwards = afterwards },
            Contender.Ourselves("ClusterHeal status", Inspect, path) with { Afterwards = afterwards },
            Contender.Ourselves("ClusterHeal full test", Test, path) with { Afterwards = afterwards },
        ];
    }

    /// <summary>Makes the system forget a file's pages, so that the next program reads them from the disk (dd(1): oflag=nocache).</summary>
    private static void DropFromCache(string path)
    {
        using var dd = Process.Start("dd", [$"of={path}", "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"]);
        dd.WaitForExit();
        if (dd.ExitCode != 0) throw new InvalidOperationException($"dd cannot drop {path} from the cache: it ended with {dd.ExitCode}.");
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
