using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Drills;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>What each operation needs of RBAC, as about_ClusterHeal_Rights says it: it works with those rights and no more.</summary>
[Collection(RealCollection.Name)]
public sealed class RealRoleTests(RealPlane plane)
{
    private const string Nodes = """{"apiGroups":[""],"resources":["nodes"],"verbs":["get","patch"]}""";
    private const string AllNodes = """{"apiGroups":[""],"resources":["nodes"],"verbs":["list"]}""";
    private const string Pods = """{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}""";
    private const string Evictions = """{"apiGroups":[""],"resources":["pods/eviction"],"verbs":["create"]}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drain_needs_to_get_and_patch_its_node_to_list_pods_and_to_evict()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "role-a", "role-b");
        await Workload.DeployAsync(api, "role", 2);
        using var client = await ConnectAsync(api, "drainer", Nodes, Pods, Evictions);
        var sink = new RecordingSink();
        var options = new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(2) };
        await new NodeDrainer(client, options, sink).DrainAsync(["role-a"], null, force: false, Token);
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 2, CordonedHere: true });
        await new NodeOperations(client, sink).SetSchedulableAsync(["ROLE-A"], null, schedulable: true, passThru: false, Token);
        Assert.Empty(sink.Faults);
        Assert.Null((await api.GetAsync("/api/v1/nodes/role-a"))["spec"]!["unschedulable"]);
    }

    [Fact]
    public async Task The_status_of_nodes_needs_to_list_them_and_the_placement_of_pods_to_list_those()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "seen-a");
        var sink = new RecordingSink();
        using (var client = await ConnectAsync(api, "watchman", AllNodes))
        {
            var operations = new NodeOperations(client, sink);
            await operations.ReportAsync(["seen-*"], null, Token);
            await operations.WaitAsync(["seen-a"], NodeCondition.Ready, TimeSpan.FromMinutes(1), Token);
        }

        using (var client = await ConnectAsync(api, "reader", Pods)) await new PodPlacementQuery().RunAsync(client, sink, Token);
        Assert.Empty(sink.Faults);
        Assert.Equal(2, sink.All<NodeStatus>().Count());
    }

    [Fact]
    public async Task A_cordon_needs_to_get_and_patch_its_node_and_with_wildcards_to_list_them()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "cordon-a");
        var sink = new RecordingSink();
        using (var client = await ConnectAsync(api, "cordoner", Nodes, Pods))
        {
            await new NodeOperations(client, sink).SetSchedulableAsync(["cordon-a"], null, schedulable: false, passThru: false, Token);
            Assert.Empty(sink.Faults);
            Assert.True((bool?)(await api.GetAsync("/api/v1/nodes/cordon-a"))["spec"]!["unschedulable"]);
            await Assert.ThrowsAnyAsync<ClusterHealException>(
                () => new NodeOperations(client, sink).SetSchedulableAsync(["cordon-*"], null, schedulable: true, passThru: false, Token));
        }

        using (var client = await ConnectAsync(api, "selector", Nodes, AllNodes))
            await new NodeOperations(client, sink).SetSchedulableAsync(["cordon-*"], null, schedulable: true, passThru: false, Token);
        Assert.Empty(sink.Faults);
        Assert.Null((await api.GetAsync("/api/v1/nodes/cordon-a"))["spec"]!["unschedulable"]);
    }

    [Fact]
    public async Task A_plan_needs_to_get_its_node_and_to_list_pods_and_a_drain_without_evictions_to_delete_them()
    {
        const string Node = """{"apiGroups":[""],"resources":["nodes"],"verbs":["get"]}""";
        const string Deletions = """{"apiGroups":[""],"resources":["pods"],"verbs":["delete"]}""";
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "plan-a", "plan-b");
        await Workload.DeployAsync(api, "plan", 2);
        var sink = new RecordingSink();
        using (var client = await ConnectAsync(api, "planner", Node, Pods)) await new NodeDrainer(client, new NodeDrainOptions(), sink).PlanAsync(["plan-a"], null, Token);
        Assert.Empty(sink.Faults);
        Assert.Equal("plan-a", Assert.Single(sink.All<NodeDrainPlan>()).NodeName);

        using (var client = await ConnectAsync(api, "deleter", Nodes, Pods, Deletions))
        {
            var options = new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(2), DisableEviction = true };
            await new NodeDrainer(client, options, sink).DrainAsync(["plan-a"], null, force: false, Token);
        }

        Assert.Empty(sink.Faults);
        Assert.True(Assert.Single(sink.All<NodeDrainResult>()).Succeeded);
    }

    [Fact]
    public async Task What_a_health_test_may_not_read_is_unknown_and_ends_nothing()
    {
        plane.Require();
        using var api = plane.Api();
        using var client = await ConnectAsync(api, "passer-by", Pods);
        var sources = new HealthSources { ClusterName = "c", Kubernetes = client };

        var results = await new ClusterHealthTest(sources, new HealthOptions(), TimeProvider.System).RunAsync(Token);

        Assert.Contains(results, result => result is { Name: "NodeReady", Status: CheckStatus.Unknown });
        Assert.DoesNotContain(results, result => result.Status == CheckStatus.Fail && result.Message.Contains("forbidden", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_connection_needs_no_right()
    {
        plane.Require();
        var wanted = new ClusterConnection { ClusterName = "", Kubeconfig = [plane.Plane.WriteKubeconfig("stranger", null)] };

        var made = await ClusterConnector.ConnectAsync(wanted, HostLab.Shells, _ => Task.FromResult(false), Token);

        Assert.NotNull(made.ServerVersion);
    }

    [Fact]
    public async Task A_comparison_needs_to_list_the_kinds_that_are_compared()
    {
        const string Name = "role-compared";
        plane.Require();
        using var folder = new TempFolder();
        using var api = plane.Api();
        var snapshot = await SnapshotAsync(api, folder, Name);
        await api.PostAsync($"/api/v1/namespaces/{Name}/configmaps", ConfigMap("new", "1"));
        using var client = await ConnectAsync(api, "comparer", Rule("", "configmaps", "list"));

        Assert.Equal(
            [$"Added configmaps/{Name}/new", $"Deleted configmaps/{Name}/gone"],
            await SnapshotDifferences.OfAsync(snapshot, new ComparedApi(client), new SnapshotComparison { Filter = Filter(Name, "gone", "new") }));

        var unseen = await SnapshotDifferences.RunAsync(snapshot, new ComparedApi(client), new SnapshotComparison { Filter = new ObjectFilter { Namespace = [Name], Kind = ["Secret"] } });
        Assert.Equal(403, Assert.IsType<KubernetesException>(Assert.Single(unseen.Faults)).StatusCode);
        Assert.Empty(unseen.Records);
    }

    [Fact]
    public async Task An_export_needs_to_create_the_kinds_that_are_stored_as_protobuf_and_creates_nothing()
    {
        const string Name = "role-exported";
        plane.Require();
        using var folder = new TempFolder();
        using var api = plane.Api();
        var snapshot = await SnapshotAsync(api, folder, Name);
        var objects = await ObjectListing.OfAsync(snapshot, Filter(Name));

        Assert.True((await ExportAsync("exporter", Rule("", "configmaps", "create"))).IsManifest);
        var refused = await ExportAsync("reader-only", Rule("", "configmaps", "get", "list"));

        Assert.False(refused.IsManifest);
        Assert.False(await api.ExistsAsync($"/api/v1/namespaces/{Name}/configmaps/gone"));

        async Task<EtcdSnapshotObjectFile> ExportAsync(string user, string rule)
        {
            using var client = await ConnectAsync(api, user, rule);
            var sink = new RecordingSink();
            await new SnapshotObjectExport { Destination = folder.File(user), Client = client }.RunAsync(snapshot, objects, sink, Token);
            Assert.Empty(sink.Faults);
            return Assert.IsType<EtcdSnapshotObjectFile>(Assert.Single(sink.Records));
        }
    }

    [Fact]
    public async Task A_restore_of_objects_needs_to_create_them_and_to_replace_them_to_get_and_update_them()
    {
        const string Name = "role-restored";
        plane.Require();
        using var folder = new TempFolder();
        using var api = plane.Api();
        var snapshot = await SnapshotAsync(api, folder, Name);
        var objects = await ObjectListing.OfAsync(snapshot, Filter(Name, "gone", "changed"));
        using (var client = await ConnectAsync(api, "restorer", Rule("", "configmaps", "create")))
        {
            var sink = await ObjectRestores.RunAsync(client, snapshot, objects);
            Assert.Empty(sink.Faults);
            Assert.Equal([$"configmaps/{Name}/changed: Exists", $"configmaps/{Name}/gone: Created"], sink.Outcomes());
        }

        using (var client = await ConnectAsync(api, "replacer", Rule("", "configmaps", "create", "get", "update")))
        {
            var sink = await ObjectRestores.RunAsync(client, snapshot, objects, restore => restore with { Replace = true });
            Assert.Empty(sink.Faults);
            Assert.Equal([$"configmaps/{Name}/changed: Replaced", $"configmaps/{Name}/gone: Unchanged"], sink.Outcomes());
        }

        Assert.Equal("1", (string?)(await api.GetAsync($"/api/v1/namespaces/{Name}/configmaps/changed"))["data"]!["a"]);
    }

    /// <summary>All that drills ask of the API. Whole drills with this role: <c>DrillRoleTests</c>.</summary>
    [Fact]
    public async Task A_drill_needs_a_namespace_of_its_own_with_what_is_in_it_and_to_see_nodes_and_leases()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "drilled-a");
        (await ConnectAsync(api, "driller", [.. DrillRights.Rules])).Dispose();
        using var drill = new DrillApi(await plane.ConnectionAsync(plane.Plane.WriteKubeconfig("driller", null)), [], TimeProvider.System);
        var canary = new Canary(drill, "20260102T030405Z-ab12", "pause");

        Assert.NotEmpty((await drill.AskAsync(client => client.SnapshotAsync(Resources.Nodes, ResourceQuery.All, Token))).Items);
        Assert.NotNull(await drill.AskAsync(client => client.GetAsync(Resources.Nodes, null, "drilled-a", Token)));
        await drill.AskAsync(client => client.SnapshotAsync(Resources.Leases, new ResourceQuery("kube-node-lease"), Token));
        await drill.AskAsync(client => client.FindAsync(Resources.Leases, "kube-system", "kube-scheduler", Token));
        await canary.CreateAsync(["drilled-a"], Token);
        await LiveControlPlane.Eventually(async () => (await canary.PodsAsync(Token)).Count == canary.Replicas, "the canary's pods");
        await canary.DeleteOneAsync(Token);
        await canary.CreateConfigMapAsync("late", Token);
        await canary.CreatePodAsync("alone", Token);
        await canary.CreateDeploymentAsync("lost", 1, Token);
        await canary.DeleteDeploymentAsync("lost", Token);
        Assert.NotNull(await canary.FindPodAsync("alone", Token));
        foreach (var (type, name) in new[] { (Resources.Any("v1", "configmaps"), "late"), (Resources.Any("apps/v1", "deployments"), "canary") })
        {
            Assert.NotNull(await drill.AskAsync(client => client.FindAsync(type, canary.Namespace, name, Token)));
        }

        await canary.DeleteAsync(Token);
        await LiveControlPlane.Eventually(async () => !await api.ExistsAsync($"/api/v1/namespaces/{canary.Namespace}"), "the canary's end");
    }

    [Fact]
    public async Task To_take_a_drill_back_needs_to_uncordon_and_to_delete_its_namespace()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "undone-a");
        await api.PatchAsync("/api/v1/nodes/undone-a", """{"spec":{"unschedulable":true}}""");
        var nameSpace = Canary.NamespaceOf("20260102T030405Z-cd34");
        await Workload.NamespaceAsync(api, nameSpace);
        (await ConnectAsync(api, "undoer", Rule("", "namespaces", "delete"), Rule("", "nodes", "patch"))).Dispose();
        using var drill = new DrillApi(await plane.ConnectionAsync(plane.Plane.WriteKubeconfig("undoer", null)), [], TimeProvider.System);

        await drill.DoAsync(client => Cordon.SetAsync(client, "undone-a", schedulable: true, Token));
        await Canary.DeleteAsync(drill, nameSpace, Token);

        Assert.Null((await api.GetAsync("/api/v1/nodes/undone-a"))["spec"]!["unschedulable"]);
        await LiveControlPlane.Eventually(async () => !await api.ExistsAsync($"/api/v1/namespaces/{nameSpace}"), "the namespace's end");
    }

    [Fact]
    public async Task To_mark_a_node_as_off_needs_to_see_nodes_and_leases_and_to_patch_the_node()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "off-a");
        using var client = await ConnectAsync(api, "marker", Rule("coordination.k8s.io", "leases", "list"), Rule("", "nodes", "list", "patch"));
        var facts = await new KubernetesSurvey(client).RunAsync(Token);
        Assert.Contains("so it runs", NodeRemedies.WhyNotOff(facts, "off-a"), StringComparison.Ordinal);

        await OutOfService.MarkAsync(client, facts.Nodes.Items.Single(node => node.Metadata.Name == "off-a"), Token);

        Assert.Contains(
            (await api.GetAsync("/api/v1/nodes/off-a"))["spec"]!["taints"]!.AsArray(), taint => (string?)taint!["key"] == OutOfService.Key);
    }

    private static string Rule(string group, string resource, params string[] verbs) => DrillRights.Rule(group, resource, verbs);

    private static ObjectFilter Filter(string nameSpace, params string[] names) =>
        new() { Namespace = [nameSpace], Kind = ["ConfigMap"], Name = names.Length > 0 ? names : ["gone"] };

    private static string ConfigMap(string name, string data) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"},"data":{"a":"{{data}}"} }""";

    /// <summary>A snapshot of a namespace with two config maps, of which one is deleted then, and the other changed.</summary>
    private async Task<string> SnapshotAsync(RawApi api, TempFolder folder, string nameSpace)
    {
        var configMaps = $"/api/v1/namespaces/{nameSpace}/configmaps";
        await Workload.NamespaceAsync(api, nameSpace);
        await api.PostAsync(configMaps, ConfigMap("gone", "1"));
        await api.PostAsync(configMaps, ConfigMap("changed", "1"));
        var path = folder.File("snapshot.db");
        (await plane.Plane.Etcd.EtcdCtlAsync(Token, "snapshot", "save", path)).Expect();
        await api.DeleteAsync($"{configMaps}/gone");
        await api.PatchAsync($"{configMaps}/changed", """{"data":{"a":"2"}}""");
        return path;
    }

    /// <summary>A client of a user with a role of these rules alone.</summary>
    private async Task<KubernetesClient> ConnectAsync(RawApi api, string user, params string[] rules)
    {
        const string Group = "rbac.authorization.k8s.io";
        await api.PostAsync($"/apis/{Group}/v1/clusterroles", $$"""
            {"apiVersion":"{{Group}}/v1","kind":"ClusterRole","metadata":{"name":"{{user}}"},"rules":[{{string.Join(',', rules)}}]}
            """);
        await api.PostAsync($"/apis/{Group}/v1/clusterrolebindings", $$"""
            {"apiVersion":"{{Group}}/v1","kind":"ClusterRoleBinding","metadata":{"name":"{{user}}"},
             "roleRef":{"apiGroup":"{{Group}}","kind":"ClusterRole","name":"{{user}}"},
             "subjects":[{"apiGroup":"{{Group}}","kind":"User","name":"{{user}}"}]}
            """);
        // The server learns of a new role a moment later.
        var (last, resource) = (JsonNode.Parse(rules[^1])!, ((string)JsonNode.Parse(rules[^1])!["resources"]![0]!).Split('/'));
        var review = $$"""
            {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"{{user}}","resourceAttributes":
             {"group":"{{last["apiGroups"]![0]}}","resource":"{{resource[0]}}","subresource":"{{resource.ElementAtOrDefault(1)}}","verb":"{{last["verbs"]![0]}}"} } }
            """;
        await LiveControlPlane.Eventually(
            async () => (bool?)(await api.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", review))["status"]!["allowed"] == true, "the role");
        return await plane.ConnectAsync(plane.Plane.WriteKubeconfig(user, null));
    }
}
