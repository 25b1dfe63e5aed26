using System.Globalization;
using System.Text;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>States of a life with a fixed seed, as etcd itself answers them at each revision.</summary>
public sealed class SnapshotStateTests : IDisposable
{
    private const int Changes = 300;
    private const int Compacted = 120;
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task The_state_at_each_revision_that_is_held_is_the_servers(EtcdRelease release)
    {
        var random = new Random(18);
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release }, Stop);
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        for (var i = 0; i < Changes; i++)
        {
            var key = ByteString.CopyFromUtf8($"/registry/configmaps/default/c{random.Next(20)}");
            if (random.Next(4) == 0) await client.DeleteRangeAsync(new DeleteRangeRequest { Key = key }, Stop);
            else await client.PutAsync(new PutRequest { Key = key, Value = ByteString.CopyFrom(StoredObjects.Json(key.ToStringUtf8(), $"{i}")) }, Stop);
        }

        await client.CompactAsync(new CompactionRequest { Revision = Compacted, Physical = true }, Stop);
        var last = (await client.StatusAsync(Stop)).Header.Revision;
        var path = _folder.File("life.db");
        (await etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();

        for (var revision = (long)Compacted; revision <= last; revision++) Assert.Equal(await LiveAsync(client, revision), await OursAsync(path, revision));
        Assert.Equal(await LiveAsync(client, 0), await OursAsync(path, null));
        foreach (var outside in new[] { 1, Compacted - 1, last + 1 })
        {
            var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ObjectListing.RunAsync(path, atRevision: outside));
            Assert.Equal(ErrorIds.SnapshotRevisionNotHeld, fault.ErrorId);
        }
    }

    private static async Task<string> LiveAsync(EtcdClient client, long revision)
    {
        var all = ByteString.CopyFrom(0);
        var answer = await client.RangeAsync(new RangeRequest { Key = all, RangeEnd = all, Revision = revision }, Stop);
        return Lines(answer.Kvs.Select(p => (p.Key.ToStringUtf8(), p.ModRevision, p.CreateRevision, p.Version, (long)p.Value.Length)));
    }

    private static async Task<string> OursAsync(string path, long? revision) => Lines(
        (await ObjectListing.OfAsync(path, atRevision: revision)).Select(o => (o.Key, o.Revision, o.CreateRevision, o.Version, o.Size)));

    private static string Lines(IEnumerable<(string Key, long Revision, long Created, long Version, long Size)> objects) =>
        objects.OrderBy(o => o.Revision).Aggregate(new StringBuilder(), (text, o) => text.AppendLine(CultureInfo.InvariantCulture, $"{o}")).ToString();
}
