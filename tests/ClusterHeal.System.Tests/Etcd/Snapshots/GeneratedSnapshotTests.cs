using System.Globalization;
using System.Text.Json;
using Authpb;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>
/// Lives of real servers with fixed seeds: at many moments of each one a snapshot is taken, and all that etcdctl and etcdutl
/// say of it, and the live member's HashKV, must be what we say.
/// </summary>
public sealed class GeneratedSnapshotTests : IDisposable
{
    private const int Moments = 26;
    private const string Password = "p";
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-generated-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(EtcdRelease.V34, 34)]
    [InlineData(EtcdRelease.V35, 35)]
    public async Task Status_and_HashKV_of_every_moment_are_the_peers(EtcdRelease release, int seed)
    {
        var stop = TestContext.Current.CancellationToken;
        var random = new Random(seed);
        await using var etcd = await LocalEtcd.StartAsync(
            new LocalEtcdOptions { Release = release, Arguments = ["--quota-backend-bytes=1073741824"] }, stop);
        var endpoint = EtcdEndpoint.Parse(etcd.Endpoint);
        using var client = new EtcdConnection { Endpoints = [endpoint], CallTimeout = TimeSpan.FromMinutes(1) }.Open(endpoint);

        for (var moment = 0; moment < Moments; moment++)
        {
            if (moment > 0) await LiveAsync(client, random, moment, stop);
            var path = Path.Combine(_folder, $"{moment}.db");
            if (WithAuthentication(moment)) await SaveWithAuthenticationAsync(etcd, client, moment, path, stop);
            else (await etcd.EtcdCtlAsync(stop, "snapshot", "save", path)).Expect();
            await CompareAsync(etcd, client, path, moment, stop);
            File.Delete(path);
        }
    }

    private static bool WithAuthentication(int moment) => moment % 13 == 10;

    /// <summary>Users, roles and permissions, and authentication on while the snapshot is taken.</summary>
    private static async Task SaveWithAuthenticationAsync(LocalEtcd etcd, EtcdClient client, int moment, string path, CancellationToken stop)
    {
        var (user, role) = ($"user{moment}", $"role{moment}");
        var registry = new Permission
        {
            PermType = Permission.Types.Type.Readwrite, Key = ByteString.CopyFromUtf8("/registry/"), RangeEnd = ByteString.CopyFromUtf8("/registry0"),
        };
        await client.RoleAddAsync(new AuthRoleAddRequest { Name = role }, stop);
        await client.RoleGrantPermissionAsync(new AuthRoleGrantPermissionRequest { Name = role, Perm = registry }, stop);
        await client.UserAddAsync(new AuthUserAddRequest { Name = user, Password = Password }, stop);
        await client.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = user, Role = role }, stop);
        if (!(await client.UserListAsync(stop)).Users.Contains("root"))
        {
            await client.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = Password }, stop);
            await client.RoleAddAsync(new AuthRoleAddRequest { Name = "root" }, stop);
            await client.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" }, stop);
        }
        await client.AuthEnableAsync(stop);
        (await etcd.EtcdCtlAsync(stop, "snapshot", "save", path, $"--user=root:{Password}")).Expect();
        (await etcd.EtcdCtlAsync(stop, "auth", "disable", $"--user=root:{Password}")).Expect();
    }

    private static async Task CompareAsync(LocalEtcd etcd, EtcdClient client, string path, int moment, CancellationToken stop)
    {
        var ours = (await SnapshotInspection.ProveAsync(path, stop)).RequireSound();
        var printed = (await etcd.EtcdUtlAsync(stop, "snapshot", "status", path, "-w", "json")).Expect();
        var theirs = JsonDocument.Parse(printed.Output).RootElement;
        var expected = (theirs.GetProperty("hash").GetUInt32(), theirs.GetProperty("revision").GetInt64(),
            theirs.GetProperty("totalKey").GetInt64(), theirs.GetProperty("totalSize").GetInt64());
        Assert.True(
            expected == (ours.Hash, ours.Revision, ours.TotalKeys, ours.Size), $"moment {moment}: {printed.Output} but ours is {ours}");
        Assert.Equal((SnapshotChecksum.Verified, WithAuthentication(moment)), (ours.Checksum, ours.AuthEnabled));

        var live = await client.HashKVAsync(0, stop);
        Assert.True(
            (live.Hash, live.CompactRevision, live.Header.Revision) == (ours.HashKv, ours.CompactRevision, ours.HashKvRevision),
            $"moment {moment}: HashKV {live} but ours is {ours.HashKv} at {ours.HashKvRevision}, compact {ours.CompactRevision}");

        var count = await client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0), CountOnly = true }, stop);
        Assert.Equal(count.Count, ours.LiveKeys);
        Assert.Equal((await client.LeasesAsync(stop)).Leases.Count, ours.Leases);
    }

    /// <summary>What happens between two moments: a kind of change that the number of the moment picks.</summary>
    private static async Task LiveAsync(EtcdClient client, Random random, int moment, CancellationToken stop)
    {
        switch (moment % 13)
        {
            case 1 or 4 or 9:
                for (var i = random.Next(1, 400); i > 0; i--) await client.PutAsync(Put(random, 300, 200), stop);
                break;
            case 2:
                await PutManyAsync(client, random, 2000, 300, stop);
                break;
            case 3 or 8:
                for (var i = random.Next(20, 100); i > 0; i--)
                    await client.DeleteRangeAsync(new DeleteRangeRequest { Key = Key(random, 300) }, stop);
                break;
            case 5:
                var lease = await client.LeaseGrantAsync(new LeaseGrantRequest { TTL = 3600 }, stop);
                var leased = Put(random, 300, 100);
                leased.Lease = lease.ID;
                await client.PutAsync(leased, stop);
                break;
            case 6 or 11:
                var revision = (await client.StatusAsync(stop)).Header.Revision;
                await client.CompactAsync(new CompactionRequest { Revision = revision - random.Next(1, 30), Physical = true }, stop);
                break;
            case 7:
                await client.DefragmentAsync(stop);
                break;
            case 10:
                break; // What changes are users and roles, when the snapshot is taken.
            case 12:
                await client.AlarmAsync(Alarm(AlarmRequest.Types.AlarmAction.Activate), stop);
                break;
            default:
                await client.AlarmAsync(Alarm(AlarmRequest.Types.AlarmAction.Deactivate), stop);
                await PutManyAsync(client, random, 3400, 60_000, stop);
                var range = (From: ByteString.CopyFromUtf8("/registry/1"), To: ByteString.CopyFromUtf8("/registry/2"));
                await client.DeleteRangeAsync(new DeleteRangeRequest { Key = range.From, RangeEnd = range.To }, stop);
                break;
        }
    }

    private static async Task PutManyAsync(EtcdClient client, Random random, int count, int largest, CancellationToken stop)
    {
        const int Together = 20;
        for (var i = 0; i < count; i += Together)
        {
            var request = new TxnRequest();
            // A transaction may write a key once only.
            var puts = Enumerable.Range(0, Together).Select(_ => Put(random, 3000, largest)).DistinctBy(put => put.Key);
            request.Success.AddRange(puts.Select(put => new RequestOp { RequestPut = put }));
            await client.TxnAsync(request, stop);
        }
    }

    private static AlarmRequest Alarm(AlarmRequest.Types.AlarmAction action) => new() { Action = action, MemberID = 77, Alarm = AlarmType.Nospace };

    private static PutRequest Put(Random random, int keys, int largest)
    {
        var value = new byte[random.Next(largest)];
        random.NextBytes(value);
        return new PutRequest { Key = Key(random, keys), Value = ByteString.CopyFrom(value) };
    }

    private static ByteString Key(Random random, int keys) =>
        ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"/registry/{random.Next(keys)}"));
}
