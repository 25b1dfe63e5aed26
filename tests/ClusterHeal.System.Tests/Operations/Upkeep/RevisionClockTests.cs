using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Etcd.Snapshots;
using Etcdserverpb;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>
/// The leases of a real cluster, whose snapshot etcd's own tool restored, tell the time. Its objects say when they were created (kubectl), and
/// etcd says at which revision.
/// </summary>
public sealed class RevisionClockTests
{
    // kubectl tells whole seconds, and the lease is renewed every two.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(4);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revision_is_found_by_its_age()
    {
        await using var etcd = await RestoredEtcd.StartTheirsAsync(Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db"), new LocalEtcdOptions());
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        var revision = (await client.RangeAsync(new RangeRequest { Key = UpkeepLab.Utf8("health"), CountOnly = true }, Stop)).Header.Revision;
        var created = await CreationsAsync(etcd);
        Assert.InRange(created.Count, 20, int.MaxValue);

        var clock = (await RevisionClock.FindAsync(client, revision, Stop))!;
        foreach (var seconds in new[] { 6, 10, 14 })
        {
            var age = TimeSpan.FromSeconds(seconds);
            var found = (await clock.RevisionBeforeAsync(age, Stop))!.Value;
            Assert.False(found.IsCompacted);
            Assert.All(created.Where(item => item.Time > clock.Now - age + Tolerance), item => Assert.InRange(item.Revision, found.Revision + 1, revision));
            Assert.All(created.Where(item => item.Time < clock.Now - age - Tolerance), item => Assert.InRange(item.Revision, 1, found.Revision));
        }

        Assert.Null(await clock.RevisionBeforeAsync(TimeSpan.FromDays(1), Stop));
    }

    /// <summary>When the objects were created, and at which revision.</summary>
    private static async Task<IReadOnlyList<(DateTimeOffset Time, long Revision)>> CreationsAsync(LocalEtcd etcd)
    {
        using var keys = JsonDocument.Parse((await etcd.EtcdCtlAsync(Stop, "get", "/registry/", "--prefix", "--write-out=json")).Expect().Output);
        var revisions = keys.RootElement.GetProperty("kvs").EnumerateArray().ToDictionary(
            pair => Encoding.UTF8.GetString(pair.GetProperty("key").GetBytesFromBase64()), pair => pair.GetProperty("create_revision").GetInt64());
        return
        [
            .. from item in JsonNode.Parse(Fixture.Read("kubernetes/objects.json"))!["items"]!.AsArray()
               let metadata = item!["metadata"]!
               let end = $"/{item["kind"]!.ToString().ToLowerInvariant()}s/{metadata["namespace"]}/{metadata["name"]}"
               from key in revisions
               where key.Key.EndsWith(end, StringComparison.Ordinal)
               select (metadata["creationTimestamp"]!.GetValue<DateTimeOffset>(), key.Value),
        ];
    }
}
