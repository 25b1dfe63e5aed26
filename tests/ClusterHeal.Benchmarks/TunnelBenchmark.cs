using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// <c>Get-EtcdConfiguration -HostName h1 | Save-EtcdSnapshot</c> beside <c>ssh h1 cat</c> of a file of that size: an etcd of 1 GiB with TLS on
/// the loopback of a host of which only port 22 can be reached. Ours also proves the file, as it always does.
/// </summary>
internal static class TunnelBenchmark
{
    /// <summary>The word that makes this program save once through a host, as a child of the benchmark.</summary>
    public const string Save = "save-through";

    private const string Name = "h1";
    private const string Big = "/srv/big.db";
    private const int Rounds = 3;
    private static readonly string[] Gigabit = ["tbf", "rate", "1gbit", "burst", "256kb", "latency", "50ms"];

    /// <summary>Runs both in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var big = await BigSnapshot.LargeObjects.GetAsync(cancellationToken);
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        using var etcd = new PracticeEtcd(programs, loopbackOnly: true);
        var folder = Directory.CreateTempSubdirectory("clusterheal-tunnel-").FullName;
        try
        {
            var shared = new Dictionary<string, string>(etcd.SharedFiles) { [Big] = big };
            await using var hosts = await PracticeHosts.StartAsync([Name], cancellationToken, etcd.Install, "4G", shared);
            var host = hosts[Name];
            await FillAsync(host, cancellationToken);
            await etcd.WaitUntilHealthyAsync(cancellationToken);

            string theirs = Path.Combine(folder, "theirs.db"), ours = Path.Combine(folder, "ours.db");
            Contender[] contenders =
            [
                new("ssh h1 cat", "sh", ["-c", "exec ssh -F \"$1\" \"$2\" cat \"$3\" > \"$4\"", "sh", hosts.SshConfigFile, Name, Big, theirs]),
                .. Enum.GetValues<SshTransport>().Select(transport => Contender.Ourselves(
                    $"save through h1, {transport}", Save, $"{transport}", ours, host.Address, hosts.KeyFile, hosts.KnownHostsFile)),
            ];
            var size = $"{new FileInfo(big).Length} bytes";
            (await host.RunAsync(cancellationToken, ["tc", "qdisc", "add", "dev", "host0", "root", .. Gigabit])).Expect();
            await Race.RunAsync(contenders, Rounds, $"{size} over a line of 1 Gbit/s", cancellationToken);
            (await host.RunAsync(cancellationToken, "tc", "qdisc", "del", "dev", "host0", "root")).Expect();
            await Race.RunAsync(contenders, Rounds, $"{size} between two processes of one machine", cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Saves once in this process.</summary>
    public static async Task<int> RunOursAsync(
        SshTransport transport, string path, string host, string keyFile, string knownHosts, CancellationToken cancellationToken)
    {
        var login = HostsBenchmark.Login(host, keyFile, knownHosts) with { SshTransport = transport };
        await using var shell = HostsBenchmark.Shells.Open(login);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, login, cancellationToken);
        var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken);
        using var tls = connection.Tls;
        var options = new SnapshotSaveOptions { Path = path, Force = true, Configuration = configuration };
        await new SnapshotSaver(connection, options, TimeProvider.System).RunAsync(new SilentSink(), cancellationToken);
        return 0;
    }

    // The member gets the data of the snapshot in place of what it started with.
    private static async Task FillAsync(PracticeHost host, CancellationToken cancellationToken)
    {
        const string Fill = """
            set -e
            systemctl stop etcd
            . /etc/etcd/etcd.conf
            rm -rf /var/lib/etcd
            etcdutl snapshot restore "$1" --data-dir=/var/lib/etcd --name="$ETCD_NAME" --initial-cluster="$ETCD_INITIAL_CLUSTER" \
                --initial-cluster-token="$ETCD_INITIAL_CLUSTER_TOKEN" --initial-advertise-peer-urls="$ETCD_INITIAL_ADVERTISE_PEER_URLS"
            systemctl start etcd
            """;
        (await host.RunAsync(cancellationToken, "/bin/sh", "-c", Fill, "sh", Big)).Expect();
    }
}
