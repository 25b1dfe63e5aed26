using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Practice.Processes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>A snapshot beside the live cluster that it came from, over the life of both.</summary>
public sealed class LiveComparisonTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-live-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task A_snapshot_has_the_hash_of_its_cluster_until_the_cluster_compacts_it_away(EtcdRelease release)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Members = 3 }, stop);
        var connection = ConnectionTo(etcd);
        using var client = connection.Open(connection.Endpoints[0]);
        await PutAsync(client, 40, stop);
        await client.DeleteRangeAsync(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("/k/3") }, stop);
        var path = await SaveAsync(etcd, stop);
        var revision = (await client.StatusAsync(stop)).Header.Revision;
        var result = await CompareAsync(path, connection, stop);
        Assert.Equal((CheckStatus.Pass, 3), (result.Status, result.Evidence.Length));

        // The cluster goes on, and then forgets some of what the snapshot still has.
        await PutAsync(client, 25, stop);
        await client.CompactAsync(new CompactionRequest { Revision = revision - 15, Physical = true }, stop);
        Assert.Equal(CheckStatus.Pass, (await CompareAsync(path, connection, stop)).Status);

        // One endpoint is enough: the others are asked by what they advertise.
        var first = connection with { Endpoints = [connection.Endpoints[0]] };
        Assert.Contains("3 of 3", (await CompareAsync(path, first, stop)).Message, StringComparison.Ordinal);

        // A quorum is enough. The one that goes is a follower: an election is not what this is about.
        using var second = connection.Open(connection.Endpoints[1]);
        var status = await second.StatusAsync(stop);
        await etcd.Members[status.Leader == status.Header.MemberId ? 2 : 1].KillAsync();
        Assert.Equal(CheckStatus.Pass, (await CompareAsync(path, connection, stop)).Status);

        await client.CompactAsync(new CompactionRequest { Revision = revision + 1, Physical = true }, stop);
        var compacted = await CompareAsync(path, connection, stop);
        Assert.Equal(CheckStatus.Unknown, compacted.Status);
        Assert.Contains("cannot be compared with a quorum of live voters, compacted", compacted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_of_another_life_differs_and_one_from_the_future_cannot_be_compared()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        var connection = ConnectionTo(etcd);
        using var client = connection.Open(connection.Endpoints[0]);
        var snapshot = Fixture.PathOf("etcd/snap.db");
        await PutAsync(client, 10, stop);
        var future = await CompareAsync(snapshot, connection, stop);
        Assert.Equal(CheckStatus.Unknown, future.Status);
        Assert.Contains("future revision", future.Message, StringComparison.Ordinal);

        await PutAsync(client, 60, stop);
        Assert.Equal(CheckStatus.Fail, (await CompareAsync(snapshot, connection, stop)).Status);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_proves_nothing_and_is_no_error()
    {
        using var port = new ClosedPort();
        var connection = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(port.Endpoint) };
        var result = await CompareAsync(Fixture.PathOf("etcd/snap.db"), connection, TestContext.Current.CancellationToken);
        Assert.Equal(CheckStatus.Unknown, result.Status);
        Assert.Single(result.Evidence);
    }

    [Fact]
    public async Task Why_members_cannot_be_asked_is_told_as_what_it_is()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true }, stop);
        using var stranger = CertificateAuthority.Create("a stranger's CA");
        using var tls = new TlsMaterial(new PemText("stranger.crt", stranger.CertificatePem));
        var result = await CompareAsync(Fixture.PathOf("etcd/snap.db"), ConnectionTo(etcd) with { Tls = tls }, stop);
        Assert.Equal(CheckStatus.Unknown, result.Status);
        Assert.Contains("stranger.crt", result.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("compact", result.Message + result.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cluster_of_the_session_proves_nothing_against_a_snapshot_that_it_cannot_judge()
    {
        var stop = TestContext.Current.CancellationToken;
        using var port = new ClosedPort();
        var connection = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(port.Endpoint), IsOfSession = true };
        var results = await SnapshotTester.TestAsync(Fixture.PathOf("etcd/snap.db"), connection, null, stop);
        Assert.Equal(CheckStatus.Warning, results.Single(r => r.Name == "HashKV").Status);
        Assert.True(SnapshotTester.IsProven(results));

        // Of another cluster by its manifest, and with other keys.
        await using var first = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        await using var second = await LocalEtcd.StartAsync(new LocalEtcdOptions { NamePrefix = "x" }, stop);
        foreach (var (etcd, count) in ((LocalEtcd, int)[])[(first, 3), (second, 9)])
        {
            using var client = ConnectionTo(etcd).OpenFirst();
            await PutAsync(client, count, stop);
        }

        var path = Path.Combine(_folder, "first.db");
        await new SnapshotSaver(ConnectionTo(first), new SnapshotSaveOptions { Path = path }, TimeProvider.System).RunAsync(new RecordingSink(), stop);
        using var other = ConnectionTo(second).OpenFirst();
        await other.DeleteRangeAsync(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("/k/1") }, stop);
        var named = await CompareAsync(path, ConnectionTo(second), stop);
        var ofSession = await CompareAsync(path, ConnectionTo(second) with { IsOfSession = true }, stop);
        Assert.Equal((CheckStatus.Fail, CheckStatus.Warning), (named.Status, ofSession.Status));
        Assert.Contains("a snapshot of another one", ofSession.Message, StringComparison.Ordinal);
    }

    private static EtcdConnection ConnectionTo(LocalEtcd etcd) =>
        new() { Endpoints = EtcdEndpoint.ParseMany(etcd.Endpoints), CallTimeout = TimeSpan.FromSeconds(20) };

    private static async Task<CheckResult> CompareAsync(string path, EtcdConnection connection, CancellationToken stop) =>
        (await SnapshotTester.TestAsync(path, connection, null, stop)).Single(result => result.Name == "HashKV");

    private static async Task PutAsync(EtcdClient client, int count, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8($"/k/{i % 9}"), Value = ByteString.CopyFromUtf8($"value {i} of {count}") };
            await client.PutAsync(put, stop);
        }
    }

    private async Task<string> SaveAsync(LocalEtcd etcd, CancellationToken stop)
    {
        var path = Path.Combine(_folder, "snapshot.db");
        var environment = new Dictionary<string, string?> { ["ETCDCTL_API"] = "3" };
        (await Tool.RunAsync(etcd.Programs.Ctl, [$"--endpoints={etcd.Endpoint}", "snapshot", "save", path], stop, environment)).Expect();
        return path;
    }
}
