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
        await Workload.DeployAsync(api, "shut", 3);
        await Workload.BudgetAsync(api, "shut", "web", "\"minAvailable\":3");
        var sink = new RecordingSink();
        var drain = plane.DrainAsync(sink, new NodeDrainOptions { WaitForReplacement = true, Timeout = TimeSpan.FromMinutes(3) }, "shut-a");
        await sink.UntilAsync(NodeDrainEventKind.Blocked);
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
        await Workload.DeployAsync(api, "twice", 2);
        await Workload.BudgetAsync(api, "twice", "one", "\"minAvailable\":1");
        await Workload.BudgetAsync(api, "twice", "two", "\"minAvailable\":1");
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions { ResumeOnFailure = true }, "twice-a");
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
        await Workload.NamespaceAsync(api, "final");
        await api.PostAsync("/api/v1/namespaces/final/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"held","finalizers":["example.com/hold"]},
             "spec":{"nodeName":"final-a","terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"pause"}]}}
            """);
        await Workload.RunningAsync(api, "final", 1);
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions { DeleteUnmanagedPod = true, Timeout = TimeSpan.FromSeconds(20) }, "final-a");
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
        await Workload.NamespaceAsync(api, "refuse");
        await api.PostAsync("/api/v1/namespaces/refuse/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"bare"},"spec":{"nodeName":"refuse-a","containers":[{"name":"c","image":"pause"}]}}
            """);
        await Workload.RunningAsync(api, "refuse", 1);
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions(), "refuse-a");
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
        await plane.DrainAsync(sink, new NodeDrainOptions(), "quorum-a");
        await api.DeleteAsync("/api/v1/namespaces/kube-system/pods/etcd-quorum-a");
        Assert.Equal(ErrorIds.DrainWouldBreakQuorum, Assert.Single(sink.Faults).ErrorId);
    }

    [Fact]
    public async Task A_dead_node_ends_the_drain_with_the_ways_out()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "dead-a", "dead-b");
        await Workload.DeployAsync(api, "dead", 2);
        kubelets.Die("dead-a");
        using (var client = await plane.ConnectAsync())
        {
            var seen = new RecordingSink();
            var nodes = new NodeOperations(client, seen);
            await nodes.WaitAsync(["dead-a"], NodeCondition.NotReady, TimeSpan.FromMinutes(2), Token);
            Assert.Equal("NotReady", seen.All<NodeStatus>().Last().Status);
            await nodes.WaitAsync(["dead-a"], NodeCondition.Ready, TimeSpan.FromSeconds(1), Token);
            Assert.Equal(ErrorIds.NodeConditionTimeout, Assert.Single(seen.Faults).ErrorId);
        }

        await LiveControlPlane.Eventually(
            async () => (await api.ItemsAsync("/api/v1/namespaces/dead/pods")).Any(p => p!["metadata"]!["deletionTimestamp"] is not null),
            "the taint manager to delete the pods");
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions(), "dead-a");
        Assert.Equal(ErrorIds.DrainNodeDead, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("out-of-service", sink.Faults.Single().Remedy, StringComparison.Ordinal);
        var skipping = new RecordingSink();
        await plane.DrainAsync(skipping, new NodeDrainOptions { SkipWaitForDelete = TimeSpan.FromSeconds(1) }, "dead-a");
        Assert.True(skipping.All<NodeDrainResult>().Single().Succeeded);
        var kubectl = await plane.KubectlAsync(Token, "drain", "dead-a", "--skip-wait-for-delete-timeout=1", "--timeout=60s");
        Assert.True(kubectl.ExitCode == 0, kubectl.Error);

        // The way out that the remedy names: the garbage collector of pods removes them.
        await api.PatchAsync(
            "/api/v1/nodes/dead-a", """{"spec":{"taints":[{"key":"node.kubernetes.io/out-of-service","value":"nodeshutdown","effect":"NoExecute"}]}}""",
            strategic: true);
        await LiveControlPlane.Eventually(
            async () => (await api.ItemsAsync("/api/v1/namespaces/dead/pods")).All(p => (string?)p!["spec"]!["nodeName"] == "dead-b"),
            "the pods on the dead node to be removed");
    }

    [Fact]
    public async Task An_API_server_that_restarts_does_not_end_a_drain()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "blip-a", "blip-b");
        await Workload.DeployAsync(api, "blip", 3);
        await Workload.BudgetAsync(api, "blip", "web", "\"maxUnavailable\":0");
        var sink = new RecordingSink();
        var drain = plane.DrainAsync(sink, new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(3) }, "blip-a");
        await sink.UntilAsync(NodeDrainEventKind.Blocked);
        await plane.Plane.ApiServer.KillAsync();
        await sink.UntilAsync(NodeDrainEventKind.ApiUnavailable);
        plane.Plane.ApiServer.Start();
        await LiveControlPlane.Eventually(
            async () => await api.ExistsAsync("/apis/policy/v1/namespaces/blip/poddisruptionbudgets/web"), "the server to be back");
        await api.PatchAsync("/apis/policy/v1/namespaces/blip/poddisruptionbudgets/web", """{"spec":{"maxUnavailable":2}}""");
        plane.RestartControllersIfGone();
        await drain;
        Assert.Empty(sink.Faults);
        Assert.Contains(sink.All<NodeDrainEvent>(), e => e.Kind == NodeDrainEventKind.ApiAvailable);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 3 });
    }
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeDrainTests(PracticePlane plane) : LiveDrainTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealDrainTests(RealPlane plane) : LiveDrainTests(plane);
