using System.Text.Json.Nodes;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Objects of snapshots that live again, and those that cannot and why.</summary>
public abstract class LiveObjectRestoreTests(LiveControlPlane plane) : LiveRestoreTests(plane)
{
    private const string Core = "/api/v1/namespaces", Apps = "/apis/apps/v1/namespaces";

    [Fact]
    public async Task A_deployment_deleted_by_mistake_comes_back_alone_and_what_happened_since_stays()
    {
        const string Name = "mistake";
        await using var kubelets = await FakeKubelets.StartAsync(Plane, "restore-a");
        await NamespaceAsync(Name);
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("before", "1"));
        await Api.PostAsync($"{Apps}/{Name}/deployments", Deployment("web", 2));
        await ReadyAsync(Name, "web", 2);
        var before = await Api.GetAsync($"{Apps}/{Name}/deployments/web");
        var snapshot = await SaveAsync();

        await Api.DeleteAsync($"{Apps}/{Name}/deployments/web");
        await Api.PatchAsync($"{Core}/{Name}/configmaps/before", """{"data":{"a":"2"}}""");
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("since", "3"));
        await LiveControlPlane.Eventually(async () => (await Api.ItemsAsync($"{Core}/{Name}/pods")).Count == 0, "the pods to go");

        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["Deployment", "ReplicaSet", "Pod"], Namespace = [Name] });
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects);
        Assert.Empty(sink.Faults);
        Assert.Single(sink.Questions);
        var results = sink.Results();
        var made = Assert.Single(results, result => result.Outcome == ClusterObjectOutcome.Created);
        Assert.Equal(("deployments", Name, "web"), (made.Resource, made.Namespace, made.Name));
        Assert.Equal(3, results.Count(result => result.Outcome == ClusterObjectOutcome.LeftOut));
        Assert.All(results.Where(result => result.Outcome == ClusterObjectOutcome.LeftOut), result => Assert.EndsWith(" makes it.", result.Problem, StringComparison.Ordinal));

        await ReadyAsync(Name, "web", 2);
        var after = await Api.GetAsync($"{Apps}/{Name}/deployments/web");
        Assert.Equal((string?)after["metadata"]!["uid"], made.Uid);
        Assert.NotEqual((string?)before["metadata"]!["uid"], made.Uid);
        AssertEqual(before, after);
        Assert.Equal("2", (string?)(await Api.GetAsync($"{Core}/{Name}/configmaps/before"))["data"]!["a"]);
        Assert.True(await Api.ExistsAsync($"{Core}/{Name}/configmaps/since"));

        // While there is a node: other tests of this control plane wait until all workloads are whole.
        await Api.DeleteAsync($"{Apps}/{Name}/deployments/web");
        await LiveControlPlane.Eventually(async () => (await Api.ItemsAsync($"{Core}/{Name}/pods")).Count == 0, "the pods to go");
    }

    [Fact]
    public async Task Without_a_yes_all_is_tried_and_nothing_is_changed()
    {
        const string Name = "trial";
        await NamespaceAsync(Name);
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("here", "1"));
        var snapshot = await MadeSnapshot.OfAsync(
            Folder,
            Stored($"configmaps/{Name}/here", ConfigMap("here", "2", Name)), Stored($"configmaps/{Name}/gone", ConfigMap("gone", "1", Name)),
            Stored("configmaps/trial-new/one", ConfigMap("one", "1", "trial-new")), Stored("namespaces/trial-new", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"trial-new"} }"""),
            Stored("configmaps/trial-nowhere/one", ConfigMap("one", "1", "trial-nowhere")),
            Stored("example.com/things/trial/x", """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"x","namespace":"trial"} }"""));
        var objects = await ObjectListing.OfAsync(snapshot);
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { Replace = true }, answer: false);
        Assert.Equal(
            [
                "configmaps/trial-new/one: CouldBeCreated", "configmaps/trial-nowhere/one: Failed", "configmaps/trial/gone: CouldBeCreated", "configmaps/trial/here: CouldBeReplaced",
                "namespaces/trial-new: CouldBeCreated", "things.example.com/trial/x: Failed",
            ],
            sink.Outcomes());
        Assert.Equal(["data.a: \"1\" -> \"2\""], sink.Results().Single(r => r.Name == "here").Changes.Select(change => change.ToString()));
        Assert.Contains("serves no Thing of example.com/v1", sink.Results().Single(r => r.Name == "x").Problem, StringComparison.Ordinal);
        Assert.Equal(2, sink.Faults.Count);
        Assert.Contains("create 3 and replace 1 object(s)", Assert.Single(sink.Questions), StringComparison.Ordinal);
        Assert.Equal("1", (string?)(await Api.GetAsync($"{Core}/{Name}/configmaps/here"))["data"]!["a"]);
        Assert.False(await Api.ExistsAsync($"{Core}/{Name}/configmaps/gone"));
        Assert.False(await Api.ExistsAsync($"{Core}/trial-new"));
    }

    [Fact]
    public async Task What_is_there_is_left_alone_or_replaced_and_the_same_is_not_written()
    {
        const string Name = "there";
        await NamespaceAsync(Name);
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("same", "1"));
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("other", "1"));
        await Api.PostAsync($"{Core}/{Name}/secrets", Secret("hidden", "b2xkLWNhbmFyeQ=="));
        var snapshot = await SaveAsync();
        await Api.PatchAsync($"{Core}/{Name}/configmaps/other", """{"data":{"a":"2","b":"new"}}""");
        await Api.PatchAsync($"{Core}/{Name}/secrets/hidden", """{"data":{"p":"bmV3LWNhbmFyeQ=="}}""");
        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["ConfigMap", "Secret"], Namespace = [Name], Name = ["same", "other", "hidden"] });

        var left = await ObjectRestores.RunAsync(Client, snapshot, objects);
        Assert.Equal(["configmaps/there/other: Exists", "configmaps/there/same: Unchanged", "secrets/there/hidden: Exists"], left.Outcomes());
        Assert.Empty(left.Questions);
        Assert.Equal("2", (string?)(await Api.GetAsync($"{Core}/{Name}/configmaps/other"))["data"]!["a"]);

        var replaced = await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { Replace = true });
        Assert.Equal(["configmaps/there/other: Replaced", "configmaps/there/same: Unchanged", "secrets/there/hidden: Replaced"], replaced.Outcomes());
        var changes = replaced.Results().ToDictionary(r => r.Name, r => r.Changes.Select(change => change.ToString()).ToArray());
        Assert.Equal(["data.a: \"2\" -> \"1\"", "data.b: \"new\" -> (none)"], changes["other"]);
        Assert.Equal(["data.p"], changes["hidden"]);
        Assert.Equal("1", (string?)(await Api.GetAsync($"{Core}/{Name}/configmaps/other"))["data"]!["a"]);
        Assert.Equal("b2xkLWNhbmFyeQ==", (string?)(await Api.GetAsync($"{Core}/{Name}/secrets/hidden"))["data"]!["p"]);
    }

    [Fact]
    public async Task Each_bad_value_is_said_and_none_stops_the_others()
    {
        const string Name = "bad";
        await NamespaceAsync(Name);
        var long1 = new string('x', 1_000_000);
        var snapshot = await MadeSnapshot.OfAsync(
            Folder,
            Stored($"configmaps/{Name}/cut", ConfigMap("cut", "1", Name)[..^3]), Stored($"configmaps/{Name}/version", "k8s\u0001abc"), Stored($"configmaps/{Name}/empty", " "),
            Stored($"secrets/{Name}/sealed", "k8s:enc:aescbc:v1:key1:0123456789abcdef0123456789abcdef"), Stored($"secrets/{Name}/kms", "k8s:enc:kms:v2:vault:abc"),
            Stored($"configmaps/{Name}/bom", "\ufeff" + ConfigMap("bom", "1", Name)), Stored($"configmaps/{Name}/twice", $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice","namespace":"{{Name}}"},"data":{"a":"1","a":"2"} }"""),
            Stored($"configmaps/{Name}/orphan", $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"orphan","namespace":"{{Name}}","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"nobody","uid":"u-0"}]} }"""),
            Stored($"configmaps/{Name}/child", $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"child","namespace":"{{Name}}","ownerReferences":[{"apiVersion":"v1","kind":"Secret","name":"parent","uid":"u-1"}]} }"""),
            Stored($"secrets/{Name}/parent", $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"parent","namespace":"{{Name}}","uid":"u-1"} }"""),
            Stored($"configmaps/{Name}/large", ConfigMap("large", long1, Name)), Stored($"configmaps/{Name}/kube-root-ca.crt", ConfigMap("kube-root-ca.crt", "1", Name)),
            Stored($"jobs/{Name}/done", $$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"done","namespace":"{{Name}}"},"status":{"conditions":[{"type":"Complete","status":"True"}]} }"""),
            Stored($"configmaps/{Name}/zzz", ConfigMap("zzz", "1", Name)));
        var sink = await ObjectRestores.RunAsync(Client, snapshot, await ObjectListing.OfAsync(snapshot));
        var results = sink.Results().ToDictionary(r => r.Name);
        Assert.Equal(14, results.Count);
        foreach (var name in new[] { "bom", "twice", "orphan", "child", "parent", "large", "zzz" }) Assert.Equal((name, ClusterObjectOutcome.Created), (name, results[name].Outcome));
        Assert.Contains("cut short", Problem("cut"), StringComparison.Ordinal);
        Assert.Contains("unknown version", Problem("version"), StringComparison.Ordinal);
        Assert.Contains("neither", Problem("empty"), StringComparison.Ordinal);
        Assert.Contains("aescbc:v1:key1", Problem("sealed"), StringComparison.Ordinal);
        Assert.Contains("only that plugin can decrypt it", Problem("kms"), StringComparison.Ordinal);
        Assert.Equal(5, sink.Faults.Count);
        Assert.Equal(ClusterObjectOutcome.LeftOut, results["kube-root-ca.crt"].Outcome);
        Assert.Equal((ClusterObjectOutcome.LeftOut, "It has run to its end, and would run a second time."), (results["done"].Outcome, results["done"].Problem));
        Assert.Equal(["Its owner ConfigMap/nobody is not in the cluster, and was taken out of it."], results["orphan"].Notes);
        var child = await Api.GetAsync($"{Core}/{Name}/configmaps/child");
        Assert.Equal((string?)(await Api.GetAsync($"{Core}/{Name}/secrets/parent"))["metadata"]!["uid"], (string?)child["metadata"]!["ownerReferences"]![0]!["uid"]);
        Assert.Equal(long1, (string?)(await Api.GetAsync($"{Core}/{Name}/configmaps/large"))["data"]!["a"]);

        string Problem(string name) => results[name].Problem!;
    }

    [Fact]
    public async Task Objects_go_to_another_namespace_and_their_own_stays_as_it_is()
    {
        const string Name = "from", Other = "elsewhere";
        await NamespaceAsync(Name);
        await NamespaceAsync(Other);
        await Api.PostAsync($"{Core}/{Name}/configmaps", ConfigMap("a", "1"));
        await Api.PostAsync($"{Core}/{Name}/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":80}]} }""");
        var snapshot = await SaveAsync();
        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["ConfigMap", "Service"], Namespace = [Name], Name = ["a", "s"] });
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { ToNamespace = Other });
        Assert.Equal(["configmaps/elsewhere/a: Created", "services/elsewhere/s: Created"], sink.Outcomes());
        var notes = sink.Results().Single(r => r.Name == "s").Notes;
        Assert.Contains("Its address is not free, so it gets another one.", notes);
        Assert.Contains("Its node port is not free, so it gets another one.", notes);
        var (mine, theirs) = (await Api.GetAsync($"{Core}/{Name}/services/s"), await Api.GetAsync($"{Core}/{Other}/services/s"));
        Assert.NotEqual((string?)mine["spec"]!["clusterIP"], (string?)theirs["spec"]!["clusterIP"]);
        Assert.NotEqual((int?)mine["spec"]!["ports"]![0]!["nodePort"], (int?)theirs["spec"]!["ports"]![0]!["nodePort"]);
        Assert.Equal("1", (string?)(await Api.GetAsync($"{Core}/{Other}/configmaps/a"))["data"]!["a"]);
    }

    [Fact]
    public async Task A_snapshot_of_another_cluster_is_said_with_both_uids()
    {
        var snapshot = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
        var stored = (await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["Namespace"], Name = ["kube-system"] })).Single().Uid;
        var live = (string)(await Api.GetAsync($"{Core}/kube-system"))["metadata"]!["uid"]!;
        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["Namespace"], Name = ["kube-system"] });
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { SkipHashCheck = true }, answer: false);
        var warning = Assert.Single(sink.Warnings);
        Assert.Contains(stored, warning, StringComparison.Ordinal);
        Assert.Contains(live, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_deleted_is_said_with_what_it_waits_for()
    {
        const string Name = "held";
        await NamespaceAsync(Name);
        await Api.PostAsync($"{Core}/{Name}/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":["example.com/hold"]} }""");
        var snapshot = await SaveAsync();
        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["ConfigMap"], Namespace = [Name], Name = ["a"] });
        await Api.DeleteAsync($"{Core}/{Name}/configmaps/a");
        var result = (await ObjectRestores.RunAsync(Client, snapshot, objects)).Results().Single();
        Assert.Equal(ClusterObjectOutcome.Failed, result.Outcome);
        Assert.Contains("example.com/hold", result.Problem, StringComparison.Ordinal);

        // The whole namespace on its way out.
        await Api.DeleteAsync($"{Core}/{Name}");
        var other = await MadeSnapshot.OfAsync(Folder, Stored($"configmaps/{Name}/b", ConfigMap("b", "1", Name)));
        await LiveControlPlane.Eventually(async () => (string?)(await Api.GetAsync($"{Core}/{Name}"))["status"]!["phase"] == "Terminating", "the namespace to end");
        result = (await ObjectRestores.RunAsync(Client, other, await ObjectListing.OfAsync(other))).Results().Single();
        Assert.Equal(ClusterObjectOutcome.Failed, result.Outcome);
        Assert.Contains("because it is being terminated", result.Problem, StringComparison.Ordinal);
        await Api.PatchAsync($"{Core}/{Name}/configmaps/a", """{"metadata":{"finalizers":null}}""");
    }

    [Fact]
    public async Task A_cancelled_restore_says_what_it_left()
    {
        const string Name = "stopped";
        await NamespaceAsync(Name);
        var snapshot = await MadeSnapshot.OfAsync(Folder, [.. Enumerable.Range(0, 5).Select(i => Stored($"configmaps/{Name}/c{i}", ConfigMap($"c{i}", "1", Name)))]);
        var objects = await ObjectListing.OfAsync(snapshot);
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink { OnRecord = record => { if (record is ClusterObjectRestore { Name: "c1", Outcome: ClusterObjectOutcome.Created }) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ObjectRestore { Client = Client }.RunAsync(snapshot, objects, sink, stop.Token));
        Assert.StartsWith("Stopped after 2 of 5 object(s)", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        var again = await ObjectRestores.RunAsync(Client, snapshot, objects);
        Assert.Equal(2, again.Results().Count(r => r.Outcome == ClusterObjectOutcome.Exists));
        Assert.Equal(3, again.Results().Count(r => r.Outcome == ClusterObjectOutcome.Created));
    }

    /// <summary>Two states of an object without what only a server sets.</summary>
    private static void AssertEqual(JsonNode before, JsonNode after) => Assert.True(JsonNode.DeepEquals(Bare(before), Bare(after)), $"{before}\n{after}");

    private static JsonObject Bare(JsonNode node)
    {
        var bare = node.DeepClone().AsObject();
        bare.Remove("status");
        foreach (var name in new[] { "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields" }) bare["metadata"]!.AsObject().Remove(name);
        return bare;
    }

    private static string ConfigMap(string name, string data, string? nameSpace = null) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"{{(nameSpace is null ? "" : $",\"namespace\":\"{nameSpace}\"")}}},"data":{"a":"{{data}}"} }""";

    private static string Secret(string name, string data) => $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{name}}"},"data":{"p":"{{data}}"} }""";

    private static string Deployment(string name, int replicas) => """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":REPLICAS,"selector":{"matchLabels":{"app":"NAME"}},
         "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal);

    private async Task NamespaceAsync(string name) => await Api.PostAsync(Core, $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{name}}"} }""");

    private Task ReadyAsync(string nameSpace, string name, int replicas) => LiveControlPlane.Eventually(
        async () => (int?)(await Api.GetAsync($"{Apps}/{nameSpace}/deployments/{name}"))["status"]?["readyReplicas"] == replicas, $"{replicas} ready pods of {name}");
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeObjectRestoreTests(PracticePlane plane) : LiveObjectRestoreTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealObjectRestoreTests(RealPlane plane) : LiveObjectRestoreTests(plane);
