using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Benchmarks;

/// <summary>Restore-EtcdSnapshot beside <c>etcdutl snapshot restore</c>, on a snapshot of 1 GiB. Both compare its sha256.</summary>
internal static class RestoreBenchmark
{
    /// <summary>The word that makes this program restore a file as Restore-EtcdSnapshot does, as a child of the benchmark.</summary>
    public const string Restore = "restore-one";

    private const string Name = "m1";
    private const string Cluster = $"{Name}=http://127.0.0.1:2380";
    private const int Rounds = 3;

    /// <summary>Runs both in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var path = await BigSnapshot.ManyKeys.GetAsync(cancellationToken);
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("clusterheal-benchmark-").FullName;
        var output = Path.Combine(folder, Name);
        void Remove() => Directory.Delete(output, recursive: true);
        try
        {
            string[] theirs =
            [
                "snapshot", "restore", path, "--data-dir", output, "--name", Name, "--initial-cluster", Cluster,
                "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
            ];
            Contender[] contenders =
            [
                new("etcdutl snapshot restore", programs.Utl!, theirs) { Afterwards = Remove },
                Contender.Ourselves("ClusterHeal restore", Restore, path, output) with { Afterwards = Remove },
            ];
            await Race.RunAsync(contenders, Rounds, $"{new FileInfo(path).Length} bytes", cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Does one run of ours in this process.</summary>
    public static async Task<int> RunOursAsync(string path, string output, CancellationToken cancellationToken)
    {
        var spec = new RestoreSpec { Cluster = InitialCluster.Parse(Cluster, InitialCluster.DefaultToken) };
        using var restore = await SnapshotRestore.OpenAsync(path, spec, cancellationToken);
        await restore.RestoreAsync([new RestoreTarget(Name, output)], new SilentSink(), TimeProvider.System, cancellationToken);
        return 0;
    }
}
