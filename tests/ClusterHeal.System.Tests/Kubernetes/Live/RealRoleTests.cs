using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

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
        var client = await plane.ConnectAsync(plane.Plane.WriteKubeconfig(user, null));
        // The server learns of a new role a moment later.
        await LiveControlPlane.Eventually(
            async () =>
            {
                var path = rules.Contains(Pods) ? Resources.Any("v1", "pods") : Resources.Any("v1", "nodes");
                return (await client.SnapshotAsync(path, ResourceQuery.All, Token)).ResourceVersion.Length > 0;
            },
            "the role");
        return client;
    }
}
