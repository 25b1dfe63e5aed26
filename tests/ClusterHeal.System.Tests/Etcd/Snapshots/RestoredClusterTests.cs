using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Real servers start on what we restored.</summary>
public sealed class RestoredClusterTests
{
    private const uint HashAt53 = 119939006;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3.4", 1)]
    [InlineData("3.4", 3)]
    [InlineData("3.4", 5)]
    [InlineData("3.5", 1)]
    [InlineData("3.5", 3)]
    [InlineData("3.5", 5)]
    [InlineData("3.6", 1)]
    [InlineData("3.6", 3)]
    [InlineData("3.6", 5)]
    public async Task All_members_start_over_tls_elect_a_leader_and_have_the_hash_of_the_snapshot(string release, int members)
    {
        // 3.4 gets a snapshot that 3.4 took; the fixture is of 3.5.
        using var snapshot = release == "3.4" ? await TakenSnapshot.By34Async() : TakenSnapshot.Of(Fixture.PathOf("etcd/snap.db"), 53, HashAt53);
        var (etcd, result) = await RestoredEtcd.StartOursAsync(
            snapshot.Path, RestoredEtcd.Options(release, members, tls: true), spec => spec with { TargetVersion = new Version(release) });
        await using (etcd)
        {
            Assert.All(await RestoredEtcd.HashKVAsync(etcd, snapshot.Revision), hash => Assert.Equal(snapshot.Hash, hash));
            (await etcd.EtcdCtlAsync(Cancel, "put", "after", "restore")).Expect();
            var list = (await etcd.EtcdCtlAsync(Cancel, "member", "list")).Expect().Output;
            Assert.Equal(members, list.Split('\n').Count(line => line.Contains("started", StringComparison.Ordinal)));
            Assert.Contains(result.MemberId, list, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task A_snapshot_of_a_full_cluster_gives_one_that_takes_writes_at_once(string release)
    {
        var (etcd, _) = await RestoredEtcd.StartOursAsync(Fixture.PathOf("etcd/alarm.db"), RestoredEtcd.Options(release));
        await using (etcd)
        {
            (await etcd.EtcdCtlAsync(Cancel, "put", "writable", "again")).Expect();
            Assert.Equal("", (await etcd.EtcdCtlAsync(Cancel, "alarm", "list")).Expect().Output);
        }
    }

    [Theory]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task A_moved_revision_keeps_the_keys_and_answers_the_old_revisions_with_compacted(string release)
    {
        var path = Fixture.PathOf("etcd/snap.db");
        var (plain, _) = await RestoredEtcd.StartOursAsync(path, RestoredEtcd.Options(release));
        await using var unmoved = plain;
        var (moved, _) = await RestoredEtcd.StartOursAsync(
            path, RestoredEtcd.Options(release), spec => spec with { BumpRevision = 1000, MarkCompacted = true });
        await using (moved)
        {
            var live = await RestoredEtcd.DumpAsync(moved);
            Assert.Equal(await RestoredEtcd.DumpAsync(unmoved), live);
            // What etcdutl's own bump of this snapshot gives, on 3.5 and 3.6 alike.
            Assert.Equal(3049469660u, Assert.Single(await RestoredEtcd.HashKVAsync(moved, 1053)));
            var old = await moved.EtcdCtlAsync(Cancel, "get", "a", "--rev=53");
            Assert.Contains("compacted", old.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Those that are gone are named, or are all but those that are known to live; in an IPv6 address in another spelling, too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_leases_of_api_servers_that_are_gone_are_deleted_where_watchers_see_it(bool named)
    {
        const string Prefix = "/registry/masterleases/";
        using var snapshot = await TakenSnapshot.TakeAsync(RestoredEtcd.Options("3.5"), async source =>
        {
            foreach (var address in new[] { "10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1" })
            {
                (await source.EtcdCtlAsync(Cancel, "put", Prefix + address, "k8s")).Expect();
            }

            (await source.EtcdCtlAsync(Cancel, "del", Prefix + "10.0.0.3")).Expect();
        });

        var (etcd, result) = await RestoredEtcd.StartOursAsync(
            snapshot.Path,
            RestoredEtcd.Options("3.5"),
            spec => named ? spec with { GoneApiServers = ["10.0.0.2", "10.0.0.3", "10.0.0.9"] } : spec with { LivingApiServers = ["fd00:0::1", "10.0.0.1"] });
        await using (etcd)
        {
            Assert.Equal((snapshot.Revision, snapshot.Revision + 1), (result.SnapshotRevision, result.Revision));
            Assert.Equal($"{Prefix}10.0.0.1\n{Prefix}fd00::1\n", await KeysAsync(etcd));
            Assert.Contains(result.Repairs, repair => repair.Message.Contains(Prefix + "10.0.0.2:", StringComparison.Ordinal));
            // The history is whole: at the revision of the snapshot both are there and the hash is that of the snapshot.
            Assert.Equal($"{Prefix}10.0.0.1\n{Prefix}10.0.0.2\n{Prefix}fd00::1\n", await KeysAsync(etcd, $"--rev={snapshot.Revision}"));
            Assert.Equal(snapshot.Hash, Assert.Single(await RestoredEtcd.HashKVAsync(etcd, snapshot.Revision)));
        }

        async Task<string> KeysAsync(LocalEtcd server, params string[] more) =>
            (await server.EtcdCtlAsync(Cancel, ["get", Prefix, "--prefix", "--keys-only", .. more])).Expect().Output.Replace("\n\n", "\n");
    }
}
