using System.Globalization;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Objects of a live cluster, held against what its API server and its etcd say.</summary>
public abstract class LiveObjectTests(LiveControlPlane plane)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_changed_is_the_same_against_a_snapshot_through_etcd_and_through_the_API()
    {
        plane.Require();
        using var folder = new TempFolder();
        using var api = plane.Api();
        using var client = await plane.ConnectAsync();
        var etcd = await TestConnection.ToAsync(plane.Plane.Etcd, Stop);
        string[] names = ["stays", "changes", "goes", "again"];
        await api.PostAsync("/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"objects"}}""");
        foreach (var name in names)
        {
            await api.PostAsync("/api/v1/namespaces/objects/configmaps", Named("v1", "ConfigMap", name));
            await api.PostAsync("/api/v1/namespaces/objects/secrets", Named("v1", "Secret", name));
            await api.PostAsync("/api/v1/namespaces/objects/services", Service(name));
            await api.PostAsync("/apis/policy/v1/namespaces/objects/poddisruptionbudgets", Budget(name));
        }

        var first = await SaveAsync(folder, "first.db");
        List<string> expected = [];
        foreach (var (path, plural) in new[]
        {
            ("/api/v1/namespaces/objects/configmaps", "configmaps"), ("/api/v1/namespaces/objects/secrets", "secrets"),
            ("/api/v1/namespaces/objects/services", "services"), ("/apis/policy/v1/namespaces/objects/poddisruptionbudgets", "poddisruptionbudgets"),
        })
        {
            string Body(string name) => plural switch
            {
                "services" => Service(name),
                "poddisruptionbudgets" => Budget(name),
                _ => Named("v1", plural == "secrets" ? "Secret" : "ConfigMap", name),
            };
            await api.PatchAsync($"{path}/changes", """{"metadata":{"labels":{"a":"b"}}}""");
            await api.DeleteAsync($"{path}/goes");
            await api.DeleteAsync($"{path}/again");
            await api.PostAsync(path, Body("again"));
            await api.PostAsync(path, Body("comes"));
            expected.AddRange(
            [
                $"Added {plural}/objects/comes", $"Changed {plural}/objects/again", $"Changed {plural}/objects/changes", $"Deleted {plural}/objects/goes",
            ]);
        }

        // Controllers count pods of budgets and fill endpoints by themselves; what people did is what is compared here.
        var comparison = new SnapshotComparison
        {
            Filter = new ObjectFilter { Namespace = ["objects"], Kind = ["ConfigMap", "Secret", "Service", "poddisruptionbudgets"], Name = [.. names[1..], "comes"] },
        };
        expected.Sort(StringComparer.Ordinal);
        var second = await SaveAsync(folder, "second.db");
        Assert.Equal(expected, await SnapshotDifferences.OfAsync(first, new ComparedSnapshot(second), comparison));
        Assert.Equal(expected, await SnapshotDifferences.OfAsync(first, new ComparedEtcd(etcd), comparison));
        Assert.Equal(expected, await SnapshotDifferences.OfAsync(first, new ComparedApi(client), comparison));
    }

    [Fact]
    public async Task Every_object_that_the_API_lists_is_in_the_snapshot_with_the_same_metadata()
    {
        plane.Require();
        using var folder = new TempFolder();
        using var client = await plane.ConnectAsync();
        using var api = plane.Api();
        var before = long.Parse((string)(await api.GetAsync("/api/v1/configmaps?limit=1"))["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
        var snapshot = await SaveAsync(folder, "all.db");
        var stored = (await ObjectListing.OfAsync(snapshot)).ToDictionary(o => (o.Resource, o.Namespace, o.Name));
        var served = await ClusterHeal.Kubernetes.ApiDiscovery.AskAsync(client, Stop);
        var compared = 0;
        foreach (var resource in served.Resources.Where(r => r.Verbs.Contains("list") && StorageResource.NameOf(r) != "events"))
        {
            var root = resource.Group.Length == 0 ? "/api/v1" : $"/apis/{resource.ApiVersion}";
            foreach (var item in await api.ItemsAsync($"{root}/{resource.Plural}"))
            {
                var metadata = item!["metadata"]!;
                // What was written after the snapshot, and what is stored nowhere, cannot be in it.
                if (!long.TryParse((string?)metadata["resourceVersion"], CultureInfo.InvariantCulture, out var revision) || revision == 0 || revision > before) continue;
                var found = stored[(StorageResource.NameOf(resource), (string?)metadata["namespace"] ?? "", (string)metadata["name"]!)];
                Assert.Equal(((string)metadata["uid"]!, revision), (found.Uid, found.Revision));
                // What kubectl applied of a Secret has its values in plain text, and is not shown.
                var annotations = metadata["annotations"]?.AsObject().Count(a => found.Resource != "secrets" || a.Key != Confidential.LastApplied) ?? 0;
                Assert.Equal((metadata["labels"]?.AsObject().Count ?? 0, annotations), (found.Labels.Count, found.Annotations.Count));
                Assert.Equal((metadata["finalizers"]?.AsArray().Count ?? 0, metadata["ownerReferences"]?.AsArray().Count ?? 0), (found.Finalizers.Length, found.Owners.Length));
                Assert.Equal((DateTimeOffset)metadata["creationTimestamp"]!, found.Created);
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    private static string Named(string apiVersion, string kind, string name) => $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"name":"{{name}}"} }""";

    private static string Service(string name) => $$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{name}}"},"spec":{"clusterIP":"None","ports":[{"port":80}]} }""";

    private static string Budget(string name) => $$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{name}}"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"x":"{{name}}"} } } }""";

    private async Task<string> SaveAsync(TempFolder folder, string name)
    {
        var path = folder.File(name);
        (await plane.Plane.Etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();
        return path;
    }
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeObjectTests(PracticePlane plane) : LiveObjectTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealObjectTests(RealPlane plane) : LiveObjectTests(plane);
