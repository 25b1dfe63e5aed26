using System.Text;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Makes snapshots of a real etcd with values that no API server would store.</summary>
internal static class MadeSnapshot
{
    public static Task<string> OfAsync(TempFolder folder, params (string Key, string Value)[] values) =>
        OfAsync(folder, [.. values.Select(value => (value.Key, Encoding.UTF8.GetBytes(value.Value)))]);

    public static async Task<string> OfAsync(TempFolder folder, params (string Key, byte[] Value)[] values)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        using var client = (await TestConnection.ToAsync(etcd, stop)).OpenFirst();
        foreach (var (key, value) in values) await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value) }, stop);
        var path = folder.File($"made-{Guid.NewGuid():n}.db");
        (await etcd.EtcdCtlAsync(stop, "snapshot", "save", path)).Expect();
        return path;
    }
}
