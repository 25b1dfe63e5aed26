using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Drains on a whole control plane: each obstacle, and what ends it.</summary>
public abstract class LiveDrainTests(LiveControlPlane plane)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_budget_that_blocks_is_named_and_opens_at_the_moment_when_it_is_relaxed()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "shut-a", "shut-b");
        await DeployAsync(api, "shut", 3);
        await BudgetAsync(api, "shut", "web", "\"minAvailable\":3");
        var sink = new RecordingSink();
        var drain = DrainAsync(sink, "shut-a", new NodeDrainOptions { WaitForReplacement = true, Timeout = TimeSpan.FromSeconds(90) });
        await LiveControlPlane.Eventually(
            () => Task.FromResult(sink.All<NodeDrainEvent>().Any(e => e.Kind == NodeDrainEventKind.Blocked)), "a blocked eviction", 30);
        var blocked = sink.All<NodeDrainEvent>().First(e => e.Kind == NodeDrainEventKind.Blocked);
        Assert.Equal((EvictionObstacle.Budget, "shut/web"), (blocked.Obstacle, blocked.Budget));
        Assert.Contains("needs 3 healthy pods and has 3", blocked.Message, StringComparison.Ordinal);
        await api.PatchAsync("/apis/policy/v1/namespaces/shut/poddisruptionbudgets/web", """{"spec":{"minAvailable":1}}""");
        await drain;
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 3, CordonedHere: true });
        var pods = await api.ItemsAsync("/api/v1/namespaces/shut/pods");
        Assert.Equal(3, pods.Count(p => (string?)p!["spec"]!["nodeName"] == "shut-b" && (string?)p["status"]!["phase"] == "Running"));
    }

    [Fact]
    public async Task Two_budgets_on_one_pod_fail_that_pod_at_once_and_the_node_is_given_back()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "twice-a", "twice-b");
        await DeployAsync(api, "twice", 2);
        await BudgetAsync(api, "twice", "one", "\"minAvailable\":1");
        await BudgetAsync(api, "twice", "two", "\"minAvailable\":1");
        var sink = new RecordingSink();
        await DrainAsync(sink, "twice-a", new NodeDrainOptions { ResumeOnFailure = true });
        Assert.Equal(ErrorIds.DrainIncomplete, Assert.Single(sink.Faults).ErrorId);
        var result = sink.All<NodeDrainResult>().Single();
        Assert.True(result is { Succeeded: false, Uncordoned: true, Remaining.Count: 2 });
        Assert.All(result.Remaining, p => Assert.Equal(EvictionObstacle.SeveralBudgets, p.Obstacle));
        Assert.Null((await api.GetAsync("/api/v1/nodes/twice-a"))["spec"]!["unschedulable"]);
    }

    [Fact]
    public async Task A_finalizer_that_holds_a_pod_is_named_and_the_timeout_ends_the_wait()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "final-a");
        await NamespaceAsync(api, "final");
        await api.PostAsync("/api/v1/namespaces/final/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"held","finalizers":["example.com/hold"]},
             "spec":{"nodeName":"final-a","terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"pause"}]}}
            """);
        await RunningAsync(api, "final", 1);
        var sink = new RecordingSink();
        await DrainAsync(sink, "final-a", new NodeDrainOptions { DeleteUnmanagedPod = true, Timeout = TimeSpan.FromSeconds(20) });
        await api.PatchAsync("/api/v1/namespaces/final/pods/held", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(ErrorIds.DrainTimeout, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("example.com/hold", Assert.Single(sink.All<NodeDrainResult>().Single().Remaining).Message, StringComparison.Ordinal);
        Assert.Contains(sink.Warnings, w => w.Contains("stays cordoned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_refuses_the_drain_leaves_everything_as_it_was()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "refuse-a");
        await NamespaceAsync(api, "refuse");
        await api.PostAsync("/api/v1/namespaces/refuse/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"bare"},"spec":{"nodeName":"refuse-a","containers":[{"name":"c","image":"pause"}]}}
            """);
        await RunningAsync(api, "refuse", 1);
        var sink = new RecordingSink();
        await DrainAsync(sink, "refuse-a", new NodeDrainOptions());
        var fault = Assert.Single(sink.Faults);
        Assert.Equal(ErrorIds.DrainRefused, fault.ErrorId);
        Assert.Contains("-DeleteUnmanagedPod", fault.Remedy, StringComparison.Ordinal);
        Assert.Null((await api.GetAsync("/api/v1/nodes/refuse-a"))["spec"]!["unschedulable"]);
    }

    [Fact]
    public async Task An_etcd_member_that_is_needed_keeps_its_node()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "quorum-a");
        await api.PostAsync("/api/v1/namespaces/kube-system/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"etcd-quorum-a","labels":{"component":"etcd"},"annotations":{"kubernetes.io/config.mirror":"x"}},
             "spec":{"nodeName":"quorum-a","containers":[{"name":"c","image":"etcd"}]}}
            """);
        await LiveControlPlane.Eventually(
            async () => (string?)(await api.GetAsync("/api/v1/namespaces/kube-system/pods/etcd-quorum-a"))["status"]!["phase"] == "Running", "etcd");
        var sink = new RecordingSink();
        await DrainAsync(sink, "quorum-a", new NodeDrainOptions());
        await api.DeleteAsync("/api/v1/namespaces/kube-system/pods/etcd-quorum-a");
        Assert.Equal(ErrorIds.DrainWouldBreakQuorum, Assert.Single(sink.Faults).ErrorId);
    }

    [Fact]
    public async Task A_dead_node_ends_the_drain_with_the_ways_out()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "dead-a", "dead-b");
        await DeployAsync(api, "dead", 2);
        kubelets.Die("dead-a");
        await LiveControlPlane.Eventually(
            async () => (await api.ItemsAsync("/api/v1/namespaces/dead/pods")).Any(p => p!["metadata"]!["deletionTimestamp"] is not null),
            "the taint manager to delete the pods", 120);
        var sink = new RecordingSink();
        await DrainAsync(sink, "dead-a", new NodeDrainOptions());
        Assert.Equal(ErrorIds.DrainNodeDead, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("out-of-service", sink.Faults.Single().Remedy, StringComparison.Ordinal);
        var skipping = new RecordingSink();
        await DrainAsync(skipping, "dead-a", new NodeDrainOptions { SkipWaitForDelete = TimeSpan.FromSeconds(1) });
        Assert.True(skipping.All<NodeDrainResult>().Single().Succeeded);
    }

    [Fact]
    public async Task An_API_server_that_restarts_does_not_end_a_drain()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "blip-a", "blip-b");
        await DeployAsync(api, "blip", 3);
        await BudgetAsync(api, "blip", "web", "\"maxUnavailable\":0");
        var sink = new RecordingSink();
        var drain = DrainAsync(sink, "blip-a", new NodeDrainOptions { Timeout = TimeSpan.FromSeconds(180) });
        await LiveControlPlane.Eventually(
            () => Task.FromResult(sink.All<NodeDrainEvent>().Any(e => e.Kind == NodeDrainEventKind.Blocked)), "a blocked eviction", 30);
        await plane.Plane.ApiServer.KillAsync();
        await LiveControlPlane.Eventually(
            () => Task.FromResult(sink.All<NodeDrainEvent>().Any(e => e.Kind == NodeDrainEventKind.ApiUnavailable)), "the outage to be told", 30);
        plane.Plane.ApiServer.Start();
        await LiveControlPlane.Eventually(
            async () => await api.ExistsAsync("/apis/policy/v1/namespaces/blip/poddisruptionbudgets/web"), "the server to be back", 60);
        await api.PatchAsync("/apis/policy/v1/namespaces/blip/poddisruptionbudgets/web", """{"spec":{"maxUnavailable":2}}""");
        plane.RestartControllersIfGone();
        await drain;
        Assert.Empty(sink.Faults);
        Assert.Contains(sink.All<NodeDrainEvent>(), e => e.Kind == NodeDrainEventKind.ApiAvailable);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 3 });
    }

    private async Task DrainAsync(RecordingSink sink, string node, NodeDrainOptions options)
    {
        using var client = await plane.ConnectAsync();
        await new NodeDrainer(client, options, sink).DrainAsync([node], null, force: false, Token);
    }

    private static async Task NamespaceAsync(RawApi api, string name) =>
        await api.PostAsync("/api/v1/namespaces", $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{name}}"} }""");

    /// <summary>A deployment whose pods all start on the first of two nodes.</summary>
    private static async Task DeployAsync(RawApi api, string name, int replicas)
    {
        await NamespaceAsync(api, name);
        await api.PatchAsync($"/api/v1/nodes/{name}-b", """{"spec":{"unschedulable":true}}""");
        await api.PostAsync($"/apis/apps/v1/namespaces/{name}/deployments", $$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":{{replicas}},"selector":{"matchLabels":{"app":"web"} },
             "template":{"metadata":{"labels":{"app":"web"} },"spec":{"nodeSelector":{"twin":"{{name}}"},"terminationGracePeriodSeconds":1,
             "containers":[{"name":"c","image":"pause"}]} } } }
            """);
        await RunningAsync(api, name, replicas);
        await api.PatchAsync($"/api/v1/nodes/{name}-b", """{"spec":{"unschedulable":null}}""");
        await LiveControlPlane.Eventually(async () => (await api.GetAsync($"/api/v1/nodes/{name}-b"))["spec"]!["taints"] is null, "the other node");
    }

    private static Task RunningAsync(RawApi api, string name, int count) => LiveControlPlane.Eventually(
        async () => (await api.ItemsAsync($"/api/v1/namespaces/{name}/pods")).Count(p => (string?)p!["status"]!["phase"] == "Running") == count,
        $"{count} pods of {name} to run");

    private static async Task BudgetAsync(RawApi api, string nameSpace, string name, string rule)
    {
        var path = $"/apis/policy/v1/namespaces/{nameSpace}/poddisruptionbudgets";
        await api.PostAsync(path, $$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{name}}"},
             "spec":{ {{rule}},"selector":{"matchLabels":{"app":"web"} } } }
            """);
        await LiveControlPlane.Eventually(async () => (int?)(await api.GetAsync($"{path}/{name}"))["status"]?["currentHealthy"] > 0, "the budget to be counted");
    }
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeDrainTests(PracticePlane plane) : LiveDrainTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealDrainTests(RealPlane plane) : LiveDrainTests(plane);
