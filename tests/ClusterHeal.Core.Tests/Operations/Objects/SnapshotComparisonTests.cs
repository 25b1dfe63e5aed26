using System.Buffers.Binary;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>What a comparison says of what it cannot see.</summary>
public sealed class SnapshotComparisonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_snapshot_is_not_compared_and_what_is_readable_is_listed()
    {
        var bytes = Fixture.Read("kubernetes/kube-1.36-etcd-3.5.db");
        var path = _folder.File("damaged.db");
        DamageOneLeaf(bytes);
        await File.WriteAllBytesAsync(path, bytes, Stop);
        var listing = await ObjectListing.RunAsync(path);
        Assert.Equal(ErrorIds.SnapshotDamaged, Assert.Single(listing.Faults).ErrorId);
        Assert.NotEmpty(listing.Records);
        var whole = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
        var comparison = new SnapshotComparison { Filter = new ObjectFilter() };
        foreach (var (from, to) in new[] { (path, whole), (whole, path) })
        {
            var fault = await Assert.ThrowsAsync<SnapshotFormatException>(() => SnapshotDifferences.RunAsync(from, new ComparedSnapshot(to), comparison));
            Assert.Equal(ErrorIds.SnapshotDamaged, fault.ErrorId);
        }
    }

    [Fact]
    public async Task What_the_API_does_not_show_is_said_and_not_called_deleted()
    {
        const string Core = """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[
              {"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["list"]},{"name":"serviceaccounts","kind":"ServiceAccount","namespaced":true,"verbs":["list"]}]}
            """;
        await using var server = new ScriptedApi(request => request.Url!.AbsolutePath switch
        {
            "/api/v1" => new ScriptedAnswer(200, Core),
            "/apis" => new ScriptedAnswer(200, """{"kind":"APIGroupList","groups":[]}"""),
            "/api/v1/configmaps" => new ScriptedAnswer(200, """{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"9"},"items":[]}"""),
            "/api/v1/serviceaccounts" => new ScriptedAnswer(403, """{"kind":"Status","code":403,"reason":"Forbidden","message":"serviceaccounts is forbidden"}"""),
            _ => new ScriptedAnswer(404, """{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}"""),
        });
        using var client = server.Connect();
        var filter = new ObjectFilter { Kind = ["ConfigMap", "ServiceAccount", "Deployment", "Widget", "widgets"] };
        var sink = await SnapshotDifferences.RunAsync(Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db"), new ComparedApi(client), new SnapshotComparison { Filter = filter });
        var gone = sink.Records.Cast<EtcdSnapshotDifference>().GroupBy(d => (d.Change, d.Resource)).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(new() { [(EtcdObjectChange.Deleted, "configmaps")] = 13, [(EtcdObjectChange.Deleted, "widgets.example.com")] = 1 }, gone);
        Assert.Equal(ErrorIds.ApiServerForbidden, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("deployments", Assert.Single(sink.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Makes a page with objects call itself another.</summary>
    private static void DamageOneLeaf(byte[] database)
    {
        const int PageSize = 4096, Leaf = 2;
        for (var page = 2; ; page++)
        {
            var bytes = database.AsSpan(page * PageSize, PageSize);
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != (ulong)page || bytes[8] != Leaf || bytes.IndexOf("/registry/configmaps/"u8) < 0) continue;
            bytes[0] ^= 0xff;
            return;
        }
    }
}
