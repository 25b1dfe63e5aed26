using System.Globalization;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>The same snapshot restored by us and by etcd's own tool.</summary>
public sealed class RestoreDifferentialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-differential-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("3.4")]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task The_log_and_the_raft_snapshot_are_the_same_bytes(string release)
    {
        using var snapshot = release == "3.4" ? await TakenSnapshot.By34Async() : TakenSnapshot.Of(Fixture.PathOf("etcd/snap.db"), 53, 0);
        await using var etcd = await LocalEtcd.PrepareAsync(RestoredEtcd.Options(release), Cancel);
        var (theirs, ours) = (Path.Combine(_folder, "theirs"), Path.Combine(_folder, "ours"));
        await RestoredEtcd.RestoreByPeerAsync(etcd, snapshot.Path, theirs);
        var spec = new RestoreSpec { Cluster = RestoredEtcd.ClusterOf(etcd), TargetVersion = new Version(release) };
        using var restore = await SnapshotRestore.OpenAsync(snapshot.Path, spec, Cancel);
        await restore.RestoreAsync([new RestoreTarget("m1", ours)], new RecordingSink(), TimeProvider.System, Cancel);

        Assert.Equal(Files(theirs), Files(ours));
        foreach (var file in Files(ours).Where(file => Path.GetFileName(file) != "db"))
        {
            var (expected, actual) = (File.ReadAllBytes(Path.Combine(theirs, file)), File.ReadAllBytes(Path.Combine(ours, file)));
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{file} differs at byte {expected.AsSpan().CommonPrefixLength(actual)}");
        }
    }

    [Theory]
    [InlineData("3.4", 1)]
    [InlineData("3.4", 2)]
    [InlineData("3.5", 3)]
    [InlineData("3.5", 4)]
    [InlineData("3.6", 5)]
    [InlineData("3.6", 6)]
    public async Task Clients_see_the_same_on_both(string release, int seed)
    {
        var options = RestoredEtcd.Options(release);
        using var snapshot = await TakenSnapshot.TakeAsync(options, etcd => FillAsync(etcd, new Random(seed)));
        await using var theirs = await RestoredEtcd.StartTheirsAsync(snapshot.Path, options);
        var (ours, _) = await RestoredEtcd.StartOursAsync(snapshot.Path, options);
        await using (ours)
        {
            Assert.Equal(await RestoredEtcd.DumpAsync(theirs), await RestoredEtcd.DumpAsync(ours));
            Assert.Equal(await RestoredEtcd.HashKVAsync(theirs, snapshot.Revision), await RestoredEtcd.HashKVAsync(ours, snapshot.Revision));
            Assert.Equal(snapshot.Hash, Assert.Single(await RestoredEtcd.HashKVAsync(ours, snapshot.Revision)));
        }
    }

    [Fact]
    public async Task Etcds_own_check_of_pages_finds_nothing_in_what_we_wrote()
    {
        var options = RestoredEtcd.Options("3.5");
        using var snapshot = await TakenSnapshot.TakeAsync(options, etcd => FillAsync(etcd, new Random(7)));
        var target = new RestoreTarget("m1", Path.Combine(_folder, "data"));
        var spec = new RestoreSpec { Cluster = InitialCluster.Parse("m1=http://127.0.0.1:2380", "t") };
        using var restore = await SnapshotRestore.OpenAsync(snapshot.Path, spec, Cancel);
        await restore.RestoreAsync([target], new RecordingSink(), TimeProvider.System, Cancel);

        await using var etcd = await LocalEtcd.PrepareAsync(options, Cancel);
        var status = await etcd.EtcdUtlAsync(Cancel, "snapshot", "status", Path.Combine(target.DataDirectory, "member/snap/db"), "--write-out=json");
        Assert.Contains($"\"revision\":{snapshot.Revision},", status.Expect().Output, StringComparison.Ordinal);
    }

    /// <summary>Puts, overwrites, deletes, leases, compactions, large values, users and roles.</summary>
    private static async Task FillAsync(LocalEtcd etcd, Random random)
    {
        async Task Do(params string[] arguments) => (await etcd.EtcdCtlAsync(Cancel, arguments)).Expect();
        string Key() => $"/registry/{(char)('a' + random.Next(4))}/{random.Next(25)}";
        for (var i = 0; i < 60; i++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    await Do("put", Key(), new string((char)('a' + (i % 26)), random.Next(random.Next(5) == 0 ? 20_000 : 300)));
                    break;
                case < 8:
                    await Do("del", Key());
                    break;
                case < 9:
                    var granted = (await etcd.EtcdCtlAsync(Cancel, "lease", "grant", "3600")).Expect().Output.Split(' ')[1];
                    await Do("put", Key(), i.ToString(CultureInfo.InvariantCulture), $"--lease={granted}");
                    break;
                default:
                    await Do("del", Key() + "/", "--prefix");
                    break;
            }
        }

        await Do("put", "last", "one");
        await Do("role", "add", "reader");
        await Do("role", "grant-permission", "reader", "read", "/registry/", "--prefix=true");
        await Do("user", "add", "alice:secret");
        await Do("user", "grant-role", "alice", "reader");
        if (random.Next(2) == 0) await Do("compaction", "10");
        if (random.Next(2) == 0) await Do("defrag");
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
}
