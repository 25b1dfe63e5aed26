using System.Net;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Etcd;

/// <summary>The client against a real etcd, with etcdctl as the oracle.</summary>
public sealed class EtcdClientTests
{
    private static readonly ByteString Key = ByteString.CopyFromUtf8("key");

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task What_we_write_over_tls_etcdctl_reads_and_the_other_way_round(EtcdRelease release)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Tls = true }, stop);
        var connection = await TestConnection.ToAsync(etcd, stop);
        using var client = connection.OpenFirst();

        await client.PutAsync(new PutRequest { Key = Key, Value = ByteString.CopyFromUtf8("ours") }, stop);
        Assert.Equal("ours\n", (await etcd.EtcdCtlAsync(stop, "get", "key", "--print-value-only")).Expect().Output);

        (await etcd.EtcdCtlAsync(stop, "put", "key", "theirs")).Expect();
        var read = await client.RangeAsync(new RangeRequest { Key = Key }, stop);
        Assert.Equal("theirs", Assert.Single(read.Kvs).Value.ToStringUtf8());
        Assert.Equal(3, read.Header.Revision);

        var swap = new TxnRequest
        {
            Compare = { new Compare { Target = Compare.Types.CompareTarget.Mod, Key = Key, ModRevision = 3 } },
            Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key } } },
        };
        Assert.True((await client.TxnAsync(swap, stop)).Succeeded);
        Assert.False((await client.TxnAsync(swap, stop)).Succeeded);
    }

    [Fact]
    public async Task Answers_larger_than_the_4_MiB_that_gRPC_takes_by_default_come_whole()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        using var client = (await TestConnection.ToAsync(etcd, stop)).OpenFirst();
        var value = ByteString.CopyFrom(Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 31)).ToArray());
        for (var i = 0; i < 5; i++) await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8($"k{i}"), Value = value }, stop);

        var range = new RangeRequest { Key = ByteString.CopyFromUtf8("k"), RangeEnd = ByteString.CopyFromUtf8("l") };
        var all = await client.RangeAsync(range, stop);
        Assert.Equal(5, all.Kvs.Count);
        Assert.All(all.Kvs, kv => Assert.Equal(value, kv.Value));
    }

    [Fact]
    public async Task A_unix_socket_is_an_endpoint()
    {
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("clusterheal-unix-").FullName;
        try
        {
            var socket = Path.Combine(folder, "etcd.sock");
            await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
            await using var relay = UnixRelay.Start(socket, new Uri(etcd.Endpoint).Port);
            using var client = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany("unix://" + socket) }.OpenFirst();
            Assert.StartsWith("3.5.", (await client.StatusAsync(stop)).Version, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_watch_reports_what_happens_after_it_stands_and_ends_with_the_caller()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        var connection = await TestConnection.ToAsync(etcd, stop) with { CallTimeout = TimeSpan.FromSeconds(5) };
        using var client = connection.OpenFirst();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);

        var seen = new List<string>();
        var watch = async () =>
        {
            await foreach (var answer in client.WatchAsync(new WatchCreateRequest { Key = Key }, enough.Token))
            {
                if (answer.Created) await client.PutAsync(new PutRequest { Key = Key, Value = ByteString.CopyFromUtf8("1") }, stop);
                seen.AddRange(answer.Events.Select(e => $"{e.Type} {e.Kv.Value.ToStringUtf8()}"));
                if (seen.Count > 0) enough.CancelAfter(TimeSpan.FromSeconds(6)); // Longer than a call may take: the watch goes on.
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(watch);
        Assert.Equal(["Put 1"], seen);
    }

    [Fact]
    public async Task Compacted_and_future_revisions_are_told_apart()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        using var client = (await TestConnection.ToAsync(etcd, stop)).OpenFirst();
        for (var i = 0; i < 5; i++) await client.PutAsync(new PutRequest { Key = Key }, stop);
        await client.CompactAsync(new CompactionRequest { Revision = 4 }, stop);

        await Fails(ErrorIds.EtcdCompacted, GrpcStatusCode.OutOfRange, () => client.HashKVAsync(2, stop));
        await Fails(ErrorIds.EtcdFutureRevision, GrpcStatusCode.OutOfRange, () => client.HashKVAsync(99, stop));
    }

    [Fact]
    public async Task A_learner_says_that_it_is_one()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LearnerCluster.StartAsync(stop);
        var connection = await TestConnection.ToAsync(etcd.Voter, stop);
        using var learner = connection.Open(etcd.LearnerEndpoint);

        Assert.True((await learner.StatusAsync(stop)).IsLearner);
        await Fails(ErrorIds.EtcdLearner, null, () => learner.RangeAsync(new RangeRequest { Key = Key }, stop));
    }

    [Fact]
    public async Task Authentication_has_an_error_for_each_way_to_fail_and_an_expired_token_is_renewed_once()
    {
        var stop = TestContext.Current.CancellationToken;
        var options = new LocalEtcdOptions { Arguments = ["--auth-token-ttl=2"] };
        await using var etcd = await LocalEtcd.StartAsync(options, stop);
        var anonymous = await TestConnection.ToAsync(etcd, stop);
        var asRoot = anonymous with { Credential = new NetworkCredential("root", "r00t") };
        using var nobody = anonymous.OpenFirst();
        using var early = asRoot.OpenFirst();
        Assert.NotNull(await early.StatusAsync(stop)); // A user where authentication is off is no mistake.

        await nobody.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "r00t" }, stop);
        await nobody.UserAddAsync(new AuthUserAddRequest { Name = "reader", Password = "read" }, stop);
        await nobody.RoleAddAsync(new AuthRoleAddRequest { Name = "root" }, stop);
        await nobody.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" }, stop);
        await nobody.AuthEnableAsync(stop);

        var get = new RangeRequest { Key = Key };
        await Fails(ErrorIds.EtcdCredentialRequired, GrpcStatusCode.InvalidArgument, () => nobody.RangeAsync(get, stop));
        using var wrong = (anonymous with { Credential = new NetworkCredential("root", "guess") }).OpenFirst();
        var refused = await Fails(ErrorIds.EtcdCredentialWrong, null, () => wrong.StatusAsync(stop));
        Assert.DoesNotContain("guess", refused.ToString(), StringComparison.Ordinal);
        using var unknown = (anonymous with { Credential = new NetworkCredential("nemo", "r00t") }).OpenFirst();
        await Fails(ErrorIds.EtcdCredentialWrong, null, () => unknown.StatusAsync(stop));
        using var reader = (anonymous with { Credential = new NetworkCredential("reader", "read") }).OpenFirst();
        await Fails(ErrorIds.EtcdPermissionDenied, GrpcStatusCode.PermissionDenied, () => reader.RangeAsync(get, stop));
        await Fails(ErrorIds.EtcdPermissionDenied, null, () => reader.SnapshotAsync(_ => "a block", TimeSpan.FromSeconds(10), stop));

        using var root = asRoot.OpenFirst();
        await root.PutAsync(new PutRequest { Key = Key }, stop);
        await Task.Delay(TimeSpan.FromSeconds(4), stop);
        Assert.Equal(1, (await root.RangeAsync(get, stop)).Count);
        Assert.Equal(1, (await early.RangeAsync(get, stop)).Count);
    }

    [Fact]
    public async Task A_client_certificate_whose_name_is_no_user_is_a_wrong_login()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true, ClientCertAuth = true }, stop);
        var asRoot = await TestConnection.ToAsync(etcd, stop);
        using var root = asRoot.OpenFirst();
        await root.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "r00t" }, stop);
        await root.RoleAddAsync(new AuthRoleAddRequest { Name = "root" }, stop);
        await root.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" }, stop);
        await root.AuthEnableAsync(stop);
        var folder = Path.GetDirectoryName(etcd.CertFile)!;
        using var tls = await TlsMaterial.ReadAsync(etcd.CaFile, Path.Combine(folder, "server.crt"), Path.Combine(folder, "server.key"), stop);
        using var stranger = (asRoot with { Tls = tls }).OpenFirst();

        var refused = await Fails(ErrorIds.EtcdCredentialWrong, null, () => stranger.SnapshotAsync(_ => "a block", TimeSpan.FromSeconds(10), stop));

        Assert.Contains("common name of the client certificate", refused.Remedy, StringComparison.Ordinal);
    }

    private static async Task<EtcdException> Fails(string errorId, GrpcStatusCode? code, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<EtcdException>(call);
        Assert.Equal(errorId, error.ErrorId);
        if (code is not null) Assert.Equal(code, error.StatusCode);
        Assert.NotNull(error.Remedy);
        Assert.NotNull(error.Target);
        return error;
    }
}
