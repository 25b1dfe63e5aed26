using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>
/// The snapshot of a real cluster, with what kubectl said of its objects when it was taken (objects.json) and what etcdctl said of its keys
/// (keys.txt).
/// </summary>
public sealed class KnownObjectsTests
{
    private static readonly string Snapshot = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
    private static readonly string[] NoObjects = ["/registry/masterleases/", "/registry/peerserverleases/", "/registry/ranges/"];

    [Fact]
    public async Task The_metadata_of_every_object_is_what_kubectl_said()
    {
        var objects = (await ObjectListing.OfAsync(Snapshot)).ToDictionary(o => (o.Kind, o.Namespace, o.Name));
        var items = JsonNode.Parse(Fixture.Read("kubernetes/objects.json"))!["items"]!.AsArray();
        Assert.Equal(42, items.Count);
        foreach (var item in items)
        {
            var metadata = item!["metadata"]!.AsObject();
            var found = objects[((string)item["kind"]!, (string?)metadata["namespace"] ?? "", (string)metadata["name"]!)];
            // Definitions are stored as JSON, in a version that no server serves any more.
            Assert.Equal(found.Kind == "CustomResourceDefinition" ? "apiextensions.k8s.io/v1beta1" : (string)item["apiVersion"]!, found.ApiVersion);
            Assert.Equal(Text(metadata), Text(found));
            Assert.Equal(found.Kind is "Widget" or "CustomResourceDefinition" ? StoredObjectForm.Json : StoredObjectForm.Protobuf, found.Form);
        }
    }

    [Fact]
    public async Task Every_key_is_an_object_but_those_that_the_server_serves_as_none()
    {
        var expected = (await File.ReadAllLinesAsync(Fixture.PathOf("kubernetes/keys.txt"), TestContext.Current.CancellationToken))
            .Where(key => key.StartsWith("/registry/", StringComparison.Ordinal) && !NoObjects.Any(key.StartsWith));
        var found = await ObjectListing.OfAsync(Snapshot);
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Select(o => o.Key).Order(StringComparer.Ordinal));
        Assert.All(found, o => Assert.EndsWith(o.Namespace.Length > 0 ? $"/{o.Namespace}/{o.Name}" : $"/{o.Name}", o.Key, StringComparison.Ordinal));
        Assert.All(found, o => Assert.Null(o.Problem));
        Assert.Equal(found.Select(o => o.Revision).Order(), found.Select(o => o.Revision));
    }

    [Theory]
    [InlineData("Deployment", 1)]
    [InlineData("deployments", 1)]
    [InlineData("deploy*", 1)]
    [InlineData("widgets.example.com", 1)]
    [InlineData("pod", 12)]
    [InlineData("NetworkPolicy", 0)]
    public async Task A_kind_is_named_as_kubectl_takes_it(string kind, int count) =>
        Assert.Equal(count, (await ObjectListing.OfAsync(Snapshot, new ObjectFilter { Kind = [kind] })).Length);

    [Fact]
    public async Task Namespaces_names_and_labels_choose_the_objects_that_kubectl_has()
    {
        var pods = JsonNode.Parse(Fixture.Read("kubernetes/objects.json"))!["items"]!.AsArray()
            .Where(item => (string)item!["kind"]! == "Pod").Select(item => item!["metadata"]!).ToArray();
        var nginx = pods.Where(pod => (string?)pod["labels"]?["run"] == "nginx").Select(pod => (string)pod["name"]!).Order();
        Assert.NotEmpty(nginx);
        Assert.Equal(nginx, await NamesAsync(new ObjectFilter { Kind = ["Pod"], LabelSelector = "run in (nginx)" }));
        Assert.Equal(nginx, await NamesAsync(new ObjectFilter { Kind = ["Pod"], Namespace = ["def*"], Name = ["nginx-*"] }));
        var others = pods.Select(pod => (string)pod["name"]!).Except(nginx).Order();
        Assert.Equal(others, await NamesAsync(new ObjectFilter { Kind = ["Pod"], LabelSelector = "run!=nginx" }));

        async Task<IEnumerable<string>> NamesAsync(ObjectFilter filter) => (await ObjectListing.OfAsync(Snapshot, filter)).Select(o => o.Name).Order();
    }

    [Fact]
    public async Task The_history_of_an_object_ends_with_its_state_and_an_older_state_is_in_it()
    {
        var filter = new ObjectFilter { Kind = ["Deployment"], Name = ["nginx"] };
        var state = Assert.Single(await ObjectListing.OfAsync(Snapshot, filter));
        var history = await ObjectListing.OfAsync(Snapshot, filter, history: true);
        Assert.Equal(state.Version, history.Length);
        Assert.Equal(state.ToString(), history[^1].ToString());
        foreach (var older in history)
        {
            Assert.Equal(older.ToString(), Assert.Single(await ObjectListing.OfAsync(Snapshot, filter, older.Revision)).ToString());
        }

        Assert.Empty(await ObjectListing.OfAsync(Snapshot, filter, history[0].Revision - 1));
    }

    [Fact]
    public async Task The_bytes_of_a_listed_object_are_read_again_and_only_those()
    {
        var history = await ObjectListing.OfAsync(Snapshot, new ObjectFilter { Kind = ["Deployment"] }, history: true);
        var gone = history[0] with { Revision = 1 };
        List<string> found = [];
        var missing = StoredValues.Visit(
            Snapshot, [.. history, gone],
            (o, value) => found.Add($"{o} {value.Length == o.Size}"),
            TestContext.Current.CancellationToken);
        Assert.Equal(history.Select(o => $"{o} True"), found);
        Assert.Equal(ErrorIds.SnapshotObjectNotFound, Assert.Single(missing).ErrorId);
    }

    [Theory]
    [InlineData(577)]
    [InlineData(long.MaxValue)]
    public async Task A_revision_that_the_snapshot_does_not_hold_is_an_error(long revision)
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ObjectListing.RunAsync(Snapshot, atRevision: revision));
        Assert.Equal(ErrorIds.SnapshotRevisionNotHeld, fault.ErrorId);
    }

    private static string Text(JsonObject metadata) => Lines(
        metadata["uid"], metadata["resourceVersion"], metadata["generateName"], metadata["generation"],
        metadata["creationTimestamp"], metadata["deletionTimestamp"],
        Texts(metadata["labels"]), Texts(metadata["annotations"]),
        string.Join(',', (metadata["ownerReferences"]?.AsArray() ?? []).Select(o =>
            $"{o!["apiVersion"]} {o["kind"]} {o["name"]} {o["uid"]} {(bool?)o["controller"] == true}")),
        string.Join(',', (metadata["finalizers"]?.AsArray() ?? []).Select(f => (string)f!)));

    private static string Text(EtcdSnapshotObject o) => Lines(
        o.Uid, o.Revision, o.GenerateName, o.Generation == 0 ? null : o.Generation, Time(o.Created), Time(o.DeletionTimestamp),
        Texts(o.Labels), Texts(o.Annotations),
        string.Join(',', o.Owners.Select(w => $"{w.ApiVersion} {w.Kind} {w.Name} {w.Uid} {w.IsController}")),
        string.Join(',', o.Finalizers));

    private static string Lines(params object?[] parts) => string.Join('\n', parts.Select(p => Convert.ToString(p, CultureInfo.InvariantCulture)));

    private static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Texts(JsonNode? map) =>
        string.Join('|', (map?.AsObject() ?? []).Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));

    private static string Texts(IReadOnlyDictionary<string, string> map) =>
        string.Join('|', map.Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));
}
