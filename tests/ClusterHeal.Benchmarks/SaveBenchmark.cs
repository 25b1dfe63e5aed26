using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Save-EtcdSnapshot beside <c>etcdctl snapshot save</c>, from one real etcd over TLS with a database of 1 GiB. Ours also proves the
/// file: sha256, all pages, hash, HashKV.
/// </summary>
internal static class SaveBenchmark
{
    /// <summary>The word that makes this program save once as Save-EtcdSnapshot does, as a child of the benchmark.</summary>
    public const string Save = "save-one";

    private const int Rounds = 5;

    /// <summary>Runs both in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var big = await BigSnapshot.ManyKeys.GetAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("clusterheal-save-").FullName;
        try
        {
            var options = new LocalEtcdOptions { Tls = true, DataFolder = folder, Arguments = ["--quota-backend-bytes=8589934592"] };
            await using var etcd = await LocalEtcd.PrepareAsync(options, cancellationToken);
            var member = etcd.Members[0];
            var restore = await etcd.EtcdUtlAsync(
                cancellationToken, "snapshot", "restore", big, $"--name={member.Name}", $"--data-dir={member.DataFolder}",
                $"--initial-cluster={member.Name}={member.PeerUrl}", $"--initial-advertise-peer-urls={member.PeerUrl}");
            restore.Expect();
            await etcd.StartMembersAsync(cancellationToken);

            string theirs = Path.Combine(folder, "theirs.db"), ours = Path.Combine(folder, "ours.db");
            string[] tls = [$"--cacert={etcd.CaFile}", $"--cert={etcd.CertFile}", $"--key={etcd.KeyFile}"];
            Contender[] contenders =
            [
                new("etcdctl snapshot save", etcd.Programs.Ctl, [$"--endpoints={etcd.Endpoint}", .. tls, "snapshot", "save", theirs]),
                Contender.Ourselves("ClusterHeal save", Save, ours, etcd.Endpoint, etcd.CaFile, etcd.CertFile, etcd.KeyFile),
            ];
            await Race.RunAsync(contenders, Rounds, $"{new FileInfo(big).Length} bytes", cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Saves once in this process.</summary>
    public static async Task<int> RunOursAsync(string path, string endpoint, string[] tlsFiles, CancellationToken cancellationToken)
    {
        using var tls = await TlsMaterial.ReadAsync(tlsFiles[0], tlsFiles[1], tlsFiles[2], cancellationToken);
        var connection = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(endpoint), Tls = tls };
        var options = new SnapshotSaveOptions { Path = path, Force = true };
        await new SnapshotSaver(connection, options, TimeProvider.System).RunAsync(new SilentSink(), cancellationToken);
        return 0;
    }
}
