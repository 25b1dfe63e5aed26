using ClusterHeal.Etcd;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>What changed since a snapshot, on a real etcd: against a later snapshot and against the live cluster.</summary>
public sealed class LiveSnapshotComparisonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Forty_kinds_of_changes_are_found_and_nothing_else_in_a_snapshot_and_in_the_live_cluster()
    {
        Assert.Equal(40, ObjectChanges.All.Count);
        var expected = ObjectChanges.All.Values.Select(change => change.Expected).OfType<string>().Order(StringComparer.Ordinal).ToArray();
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        string first = _folder.File("first.db"), second = _folder.File("second.db");
        await ObjectChanges.BeforeAsync(client, Stop);
        await SaveAsync(etcd, first);
        await ObjectChanges.AfterAsync(client, Stop);
        await SaveAsync(etcd, second);

        Assert.Equal(expected, await SnapshotDifferences.OfAsync(first, new ComparedSnapshot(second)));
        Assert.Equal(expected, await SnapshotDifferences.OfAsync(first, new ComparedEtcd(connection)));
        Assert.Empty(await SnapshotDifferences.OfAsync(second, new ComparedEtcd(connection)));
        Assert.Empty(await SnapshotDifferences.OfAsync(first, new ComparedSnapshot(first)));

        // The other way round what came is what is gone.
        var reversed = expected.Select(text => text.Split(' ', 2) is ["Added", var came] ? $"Deleted {came}" : text.Replace("Deleted ", "Added ", StringComparison.Ordinal));
        Assert.Equal(reversed.Order(StringComparer.Ordinal), await SnapshotDifferences.OfAsync(second, new ComparedSnapshot(first)));

        // The volatile ones are there for who asks, by a switch or by name.
        string[] lively = ["Added endpointslices/default/s", "Added events/default/e", "Added leases/kube-system/l"];
        Assert.Equal(
            expected.Concat(lively).Order(StringComparer.Ordinal),
            await SnapshotDifferences.OfAsync(first, new ComparedSnapshot(second), new SnapshotComparison { Filter = new ObjectFilter(), IncludeVolatile = true }));
        Assert.Equal([lively[1]], await SnapshotDifferences.OfAsync(first, new ComparedEtcd(connection), new SnapshotComparison { Filter = new ObjectFilter { Kind = ["Event"] } }));
    }

    [Fact]
    public async Task The_summary_counts_what_the_differences_list()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        var first = _folder.File("first.db");
        await ObjectChanges.BeforeAsync(client, Stop);
        await SaveAsync(etcd, first);
        await ObjectChanges.AfterAsync(client, Stop);

        var sink = await SnapshotDifferences.RunAsync(first, new ComparedEtcd(connection), new SnapshotComparison { Filter = new ObjectFilter(), Summary = true });
        var counts = sink.Records.Cast<EtcdSnapshotDifferenceCount>().ToArray();
        var expected = ObjectChanges.All.Values.Select(change => change.Expected).OfType<string>().ToArray();
        Assert.Equal(
            (Starting("Added"), Starting("Changed"), Starting("Deleted")), (counts.Sum(c => c.Added), counts.Sum(c => c.Changed), counts.Sum(c => c.Deleted)));
        // Of two alike one stays, as does the twin.
        Assert.Equal(ObjectChanges.Constant.Count + 2, counts.Sum(c => c.Unchanged));
        Assert.Equal(counts.Length, counts.DistinctBy(c => (c.Resource, c.Namespace)).Count());
        Assert.Equal(0, Assert.Single(counts, c => c.Resource == "cronjobs").Unchanged);

        long Starting(string change) => expected.Count(text => text.StartsWith(change, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restore_counts_for_its_plan_what_it_would_change()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        var path = _folder.File("plan.db");
        await ObjectChanges.BeforeAsync(client, Stop);
        await SaveAsync(etcd, path);
        await ObjectChanges.AfterAsync(client, Stop);

        var counts = await RestoreDifferences.CountAsync(path, new ComparedEtcd(connection), Stop);
        var expected = ObjectChanges.All.Values.Select(change => change.Expected?.Split(' ')[0]).ToLookup(word => word);
        Assert.Equal(
            (expected["Added"].Count(), expected["Changed"].Count(), expected["Deleted"].Count()),
            (counts!.Sum(c => c.Added), counts!.Sum(c => c.Changed), counts!.Sum(c => c.Deleted)));
    }

    [Fact]
    public async Task A_restore_has_no_counts_in_its_plan_if_no_member_answers()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        var path = _folder.File("plan.db");
        await SaveAsync(etcd, path);
        await etcd.Members[0].KillAsync();
        Assert.Null(await RestoreDifferences.CountAsync(path, new ComparedEtcd(connection), Stop));
        Assert.Null(await RestoreDifferences.CountAsync(path, [], Stop));
    }

    [Fact]
    public async Task A_snapshot_of_another_cluster_is_said_with_both_names()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        var value = """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"of-another"}}""";
        await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("/registry/namespaces/kube-system"), Value = ByteString.CopyFromUtf8(value) }, Stop);

        var real = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
        var uid = Assert.Single(await ObjectListing.OfAsync(real, new ObjectFilter { Kind = ["Namespace"], Name = ["kube-system"] })).Uid;
        var warning = Assert.Single((await SnapshotDifferences.RunAsync(real, new ComparedEtcd(connection), new SnapshotComparison { Filter = new ObjectFilter() })).Warnings);
        Assert.Contains(uid, warning, StringComparison.Ordinal);
        Assert.Contains("of-another", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_below_a_prefix_of_their_own_are_found()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        foreach (var key in new[] { "configmaps/default/a", "namespaces/kube-system", "services/specs/default/b", "example.com/widgets/default/c" })
        {
            var put = new PutRequest { Key = ByteString.CopyFromUtf8($"/cluster/one/{key}"), Value = ByteString.CopyFrom(StoredObjects.Json(key, "1")) };
            await client.PutAsync(put, Stop);
        }

        var path = _folder.File("prefix.db");
        await SaveAsync(etcd, path);
        Assert.Equal(
            ["configmaps/default/a", "namespaces/kube-system", "services/default/b", "widgets.example.com/default/c"],
            (await ObjectListing.OfAsync(path)).Select(o => o.ToString().Split('@')[0]));
    }

    [Fact]
    public async Task A_cluster_that_changes_meanwhile_is_seen_at_one_moment()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        // At each moment either the first or the last of the keys lives.
        string[] ends = ["configmaps/default/a", "configmaps/default/z"];
        foreach (var key in Enumerable.Range(0, 20).Select(i => $"configmaps/default/m{i}").Append(ends[0])) await PutAsync(client, key);
        var path = _folder.File("moment.db");
        await SaveAsync(etcd, path);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var swapping = SwapAsync(client, ends, enough.Token);
        for (var round = 0; round < 20; round++)
        {
            var differences = await SnapshotDifferences.OfAsync(path, new ComparedEtcd(connection) { PageSize = 1 });
            var isSwapped = differences.Length == 2;
            string[] expected = isSwapped ? [$"Added {ends[1]}", $"Deleted {ends[0]}"] : [$"Changed {ends[0]}"];
            // Before the first swap nothing is different.
            if (differences.Length > 0) Assert.Equal(expected, differences);
        }

        await enough.CancelAsync();
        await swapping;
    }

    private static async Task SwapAsync(EtcdClient client, string[] ends, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 1; ; i++)
            {
                var (lives, goes) = (ends[i % 2], ends[(i + 1) % 2]);
                await client.TxnAsync(
                    new TxnRequest
                    {
                        Success =
                        {
                            new RequestOp { RequestPut = Put(lives) },
                            new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8($"/registry/{goes}") } },
                        },
                    },
                    cancellationToken);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // That was the sign to stop.
        }
    }

    private static Task<PutResponse> PutAsync(EtcdClient client, string key) => client.PutAsync(Put(key), Stop);

    private static PutRequest Put(string key) =>
        new() { Key = ByteString.CopyFromUtf8($"/registry/{key}"), Value = ByteString.CopyFrom(StoredObjects.Json(key, "1")) };

    private static async Task SaveAsync(LocalEtcd etcd, string path) => (await etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();
}
