using System.Net.Http.Headers;
using System.Net.Sockets;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>The options of a drain, and what happens to its connection, on a whole control plane.</summary>
public abstract class LiveDrainOptionTests(LiveControlPlane plane)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replacement_that_finds_no_place_is_named_and_a_workload_that_is_scaled_down_is_not_awaited()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "room-a", "room-b");
        await Workload.DeployAsync(api, "room", 2);
        await api.PatchAsync("/api/v1/nodes/room-b", """{"spec":{"unschedulable":true}}""");
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions { WaitForReplacement = true, Timeout = TimeSpan.FromSeconds(30) }, "room-a");
        var fault = Assert.Single(sink.Faults);
        Assert.Equal(ErrorIds.DrainTimeout, fault.ErrorId);
        Assert.Matches(@"is empty, but after 30 s not all workloads are whole again: room/ReplicaSet/web-\w+ \(0 of 2 Ready\)", fault.Message);
        Assert.Contains("Get-PodPlacement", fault.Remedy, StringComparison.Ordinal);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: false, Removed: 2, Remaining.Count: 0 });

        await api.PatchAsync("/api/v1/nodes/room-a", """{"spec":{"unschedulable":null}}""");
        await Workload.RunningAsync(api, "room", 2);
        var scaled = new RecordingSink();
        var drain = plane.DrainAsync(scaled, new NodeDrainOptions { WaitForReplacement = true, Timeout = TimeSpan.FromMinutes(2) }, "room-a");
        await scaled.UntilAsync(NodeDrainEventKind.AwaitingReplacements);
        await api.PatchAsync("/apis/apps/v1/namespaces/room/deployments/web", """{"spec":{"replicas":0}}""");
        await drain;
        Assert.Empty(scaled.Faults);
    }

    [Fact]
    public async Task Nodes_that_are_drained_together_never_take_more_than_their_budget_allows()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "multi-a", "multi-b", "multi-c");
        await api.PatchAsync("/api/v1/nodes/multi-c", """{"spec":{"unschedulable":true}}""");
        await Workload.CreateAsync(api, "multi", 6);
        await Workload.BudgetAsync(api, "multi", "web", "\"minAvailable\":5", healthy: 6);
        await api.PatchAsync("/api/v1/nodes/multi-c", """{"spec":{"unschedulable":null}}""");
        using var client = await plane.ConnectAsync();
        await using var pods = await ResourceCache<Pod>.StartAsync(client, Resources.Pods, new ResourceQuery("multi"), Token);
        Assert.Equal(2, pods.Items.Select(p => p.Spec.NodeName).Distinct().Count());
        var fewest = int.MaxValue;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = WatchAsync(end.Token);

        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions { WaitForReplacement = true, Timeout = TimeSpan.FromMinutes(3) }, "multi-a", "multi-b");
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Empty(sink.Faults);
        Assert.Equal(6, sink.All<NodeDrainResult>().Sum(r => r.Removed));
        Assert.Equal(2, sink.All<NodeDrainResult>().Count(r => r.Succeeded));
        Assert.Equal(5, fewest);

        async Task WatchAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var change = pods.NextChange;
                fewest = Math.Min(fewest, pods.Items.Count(p => p.IsReady && !p.IsTerminating));
                await change.WaitAsync(cancellationToken);
            }
        }
    }

    [Fact]
    public async Task Deletion_instead_of_eviction_goes_past_a_budget_that_allows_nothing()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "past-a", "past-b");
        await Workload.DeployAsync(api, "past", 2);
        await Workload.BudgetAsync(api, "past", "web", "\"maxUnavailable\":0");
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions { DisableEviction = true, GracePeriodSec = 1, Timeout = TimeSpan.FromMinutes(2) }, "past-a");
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 2 });
        Assert.DoesNotContain(sink.All<NodeDrainEvent>(), e => e.Kind == NodeDrainEventKind.Blocked);
    }

    [Fact]
    public async Task A_mirror_pod_stays_and_does_not_hold_the_drain()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "mirror-a");
        await Workload.NamespaceAsync(api, "mirror");
        await api.PostAsync("/api/v1/namespaces/mirror/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"proxy-mirror-a","annotations":{"kubernetes.io/config.mirror":"x"}},
             "spec":{"nodeName":"mirror-a","containers":[{"name":"c","image":"pause"}]}}
            """);
        await Workload.RunningAsync(api, "mirror", 1);
        var uid = (string?)(await api.GetAsync("/api/v1/namespaces/mirror/pods/proxy-mirror-a"))["metadata"]!["uid"];
        var sink = new RecordingSink();
        await plane.DrainAsync(sink, new NodeDrainOptions(), "mirror-a");
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 0, Skipped: 1 });
        Assert.Equal(uid, (string?)(await api.GetAsync("/api/v1/namespaces/mirror/pods/proxy-mirror-a"))["metadata"]!["uid"]);
    }

    [Fact]
    public async Task A_token_that_expires_in_the_middle_is_waited_for_until_there_is_another()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "token-a", "token-b");
        await Workload.DeployAsync(api, "token", 2);
        await Workload.BudgetAsync(api, "token", "web", "\"maxUnavailable\":0");
        var tokens = new TokenOfNow { Token = plane.Plane.AdminToken };
        using var client = new KubernetesClient(await plane.ConnectionAsync() with { Credentials = tokens }, TimeProvider.System);
        var sink = new RecordingSink();
        var options = new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(3) };
        var drain = new NodeDrainer(client, options, sink).DrainAsync(["token-a"], null, force: false, Token);
        await sink.UntilAsync(NodeDrainEventKind.Blocked);
        tokens.Token = "expired";
        await api.PatchAsync("/apis/policy/v1/namespaces/token/poddisruptionbudgets/web", """{"spec":{"maxUnavailable":2}}""");
        await LiveControlPlane.Eventually(
            () => Task.FromResult(sink.All<NodeDrainEvent>().Any(e => e.Obstacle == EvictionObstacle.ServerUnavailable)), "the refused token to be told");
        tokens.Token = plane.Plane.AdminToken;
        await drain;
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 2 });
    }

    [Fact]
    public async Task A_drain_goes_through_the_proxy_of_the_kubeconfig()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "proxied-a", "proxied-b");
        await Workload.DeployAsync(api, "proxied", 1);
        await using var proxy = new ConnectProxy();
        var file = Path.GetTempFileName();
        try
        {
            var text = await File.ReadAllTextAsync(plane.Plane.Kubeconfig, Token);
            await File.WriteAllTextAsync(file, text.Replace("    server:", $"    proxy-url: {proxy.Address}\n    server:", StringComparison.Ordinal), Token);
            using var client = await plane.ConnectAsync(file);
            var sink = new RecordingSink();
            await new NodeDrainer(client, new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(2) }, sink).DrainAsync(["proxied-a"], null, false, Token);
            Assert.Empty(sink.Faults);
            Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 1 });
            Assert.All(proxy.Targets, t => Assert.Equal(new Uri(plane.Plane.Server).Authority, t));
            Assert.NotEmpty(proxy.Targets);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task API_servers_that_are_replaced_one_after_another_do_not_end_a_drain()
    {
        plane.Require();
        using var api = plane.Api();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "rolling-a", "rolling-b");
        await Workload.DeployAsync(api, "rolling", 2);
        await Workload.BudgetAsync(api, "rolling", "web", "\"maxUnavailable\":0");
        await using var second = plane.Plane.MakeApiServer(out var port);
        // What a load balancer in front of both does: connections go to the one that lives.
        var target = new Uri(plane.Plane.Server).Port;
        var connection = await plane.ConnectionAsync() with
        {
            Dialer = async (host, _, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(host, Volatile.Read(ref target), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new KubernetesClient(connection, TimeProvider.System);
        var sink = new RecordingSink();
        var options = new NodeDrainOptions { Timeout = TimeSpan.FromMinutes(3) };
        var drain = new NodeDrainer(client, options, sink).DrainAsync(["rolling-a"], null, force: false, Token);
        await sink.UntilAsync(NodeDrainEventKind.Blocked);

        second.Start();
        await LiveControlPlane.Eventually(() => IsReadyAsync(port), "the second API server to be ready");
        Volatile.Write(ref target, port);
        await plane.Plane.ApiServer.KillAsync();
        plane.Plane.ApiServer.Start();
        await plane.Plane.WaitUntilServingAsync(Token);
        plane.RestartControllersIfGone();
        Volatile.Write(ref target, new Uri(plane.Plane.Server).Port);
        await second.KillAsync();

        await api.PatchAsync("/apis/policy/v1/namespaces/rolling/poddisruptionbudgets/web", """{"spec":{"maxUnavailable":2}}""");
        await drain;
        Assert.Empty(sink.Faults);
        Assert.True(sink.All<NodeDrainResult>().Single() is { Succeeded: true, Removed: 2 });

        async Task<bool> IsReadyAsync(int at)
        {
            var own = await plane.ConnectionAsync() with { Server = new Uri($"https://127.0.0.1:{at}") };
            using var probe = new KubernetesClient(own, TimeProvider.System);
            return (await probe.HealthAsync("/readyz", Token)).StatusCode == 200;
        }
    }

    private sealed class TokenOfNow : CredentialSource
    {
        public required string Token { get; set; }

        public override ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new Credential(new AuthenticationHeaderValue("Bearer", Token), null, null, null));
    }
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeDrainOptionTests(PracticePlane plane) : LiveDrainOptionTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealDrainOptionTests(RealPlane plane) : LiveDrainOptionTests(plane);
