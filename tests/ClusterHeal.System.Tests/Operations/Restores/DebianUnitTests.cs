using ClusterHeal.Etcd;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>
/// The etcd of Debian's package with the unit that is in it, to the byte, and what its users write into <c>/etc/default/etcd</c>: its name is
/// <c>%H</c>, its data folder is the unit's, and it runs as a user of its own.
/// </summary>
public sealed class DebianUnitTests
{
    private const string Data = "/var/lib/etcd/default";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_read_found_healthy_restored_and_undone()
    {
        LongTests.SkipUnlessWanted();
        var package = await new PeerCache().GetAsync(PeerSet.Etcd35, Stop);
        await using var hosts = await PracticeHosts.StartAsync(["deb0"], Stop, all => Install(all.Hosts[0], package), sharedFiles: new Dictionary<string, string>
        {
            ["/usr/bin/etcd"] = Path.Combine(package.Bin, "etcd"), ["/usr/bin/etcdctl"] = Path.Combine(package.Bin, "etcdctl"),
        });
        var host = hosts["deb0"];
        await SaysAsync(host, $"useradd --system --home-dir /var/lib/etcd etcd && install -d -m 700 -o etcd -g etcd /var/lib/etcd && systemctl start etcd");
        await SaysAsync(host, "etcdctl put kept yes && etcdctl snapshot save /root/snapshot.db && etcdctl del kept && etcdctl put later yes");
        File.Copy(host.Disk.PathOf("/root/snapshot.db"), Path.Combine(hosts.Folder, "snapshot.db"));
        var owner = await SaysAsync(host, $"stat -c %U:%a {Data}/member");
        var connection = RestoreOperator.Connection(hosts.Folder, host.Name, host.Address);

        await using (var shell = HostLab.Shells.Open(connection))
        {
            var read = await EtcdHost.ReadConfigurationAsync(shell, connection, Stop);
            Assert.Equal(("deb0", Data, EtcdConfigurationForm.Unit), (read.Name, read.DataDirectory, read.Form));
            Assert.Equal([$"http://{host.Address}:2379"], read.AdvertiseClientUrls);
            Assert.Empty(read.Difference);
        }

        var checks = await HealthAsync(connection);
        Assert.All(checks, check => Assert.True(check.Status is CheckStatus.Pass or CheckStatus.Warning, $"{check}"));
        Assert.Contains(checks, check => check.Name == "EtcdMembers");

        var restored = await ReportAsync(async sink =>
        {
            await using var restore = new ClusterRestore([connection], RestoreOperator.Request(hosts.Folder), Path.Combine(hosts.Folder, "journal"), TimeProvider.System);
            await restore.RunAsync(sink, Stop);
        });
        Assert.True(restored.Succeeded, $"{restored}");
        Assert.Equal("kept", await SaysAsync(host, "etcdctl get '' --prefix --keys-only | grep ."));
        Assert.Equal(owner, await SaysAsync(host, $"stat -c %U:%a {Data}/member"));

        var undone = await ReportAsync(async sink =>
        {
            var request = new ClusterRestoreUndoRequest { Cluster = "practice", OpenShell = HostLab.Shells.Open, Force = true };
            await using var undo = new ClusterRestoreUndo([connection], request, Path.Combine(hosts.Folder, "another"), TimeProvider.System);
            await undo.RunAsync(sink, Stop);
        });
        Assert.True(undone.Succeeded, $"{undone}");
        Assert.Equal("later", await SaysAsync(host, "etcdctl get '' --prefix --keys-only | grep ."));
        Assert.All(await HealthAsync(connection), check => Assert.NotEqual(CheckStatus.Fail, check.Status));
    }

    private static void Install(PracticeHost host, Peer package)
    {
        host.Disk.Copy(Path.Combine(package.Root, "usr/lib/systemd/system/etcd.service"), "/usr/lib/systemd/system/etcd.service");
        host.Disk.Write("/etc/default/etcd", $"""
            ## etcd(1) daemon options
            # ETCD_NAME="hostname"
            ETCD_LISTEN_PEER_URLS="http://{host.Address}:2380"
            ETCD_LISTEN_CLIENT_URLS="http://127.0.0.1:2379,http://{host.Address}:2379"
            ETCD_INITIAL_ADVERTISE_PEER_URLS="http://{host.Address}:2380"
            ETCD_INITIAL_CLUSTER="{host.Name}=http://{host.Address}:2380"
            ETCD_INITIAL_CLUSTER_STATE="new"
            ETCD_INITIAL_CLUSTER_TOKEN="etcd-cluster"
            ETCD_ADVERTISE_CLIENT_URLS="http://{host.Address}:2379"

            """);
    }

    private static async Task<IReadOnlyList<CheckResult>> HealthAsync(HostConnection connection)
    {
        var cluster = new ClusterConnection
        {
            ClusterName = "practice", HostName = [connection.HostName], UserName = connection.UserName, KeyFilePath = connection.KeyFilePath, SshOption = connection.SshOption,
        };
        using var opened = await OpenedHealthSources.OpenAsync(cluster, null, HostLab.Shells, Stop);
        return await new ClusterHealthTest(opened.Sources, new HealthOptions { Areas = [HealthArea.Etcd] }, TimeProvider.System).RunAsync(Stop);
    }

    private static async Task<ClusterRestoreReport> ReportAsync(Func<RecordingSink, Task> operation)
    {
        var sink = new RecordingSink();
        await operation(sink);
        return Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records));
    }

    private static async Task<string> SaysAsync(PracticeHost host, string script) =>
        (await host.RunAsync(Stop, "env", "ETCDCTL_API=3", "sh", "-ec", script)).Expect().Output.Trim();
}
