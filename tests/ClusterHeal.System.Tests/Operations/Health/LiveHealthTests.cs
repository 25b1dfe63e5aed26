using System.Diagnostics;
using System.Text.Json.Nodes;
using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Practice.ControlPlane;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>A control plane on loopback over three members of etcd; faults are injected into it one after the other, and healed.</summary>
public sealed class LiveHealthTests
{
    private const string Nodes = "/api/v1/nodes";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    private const string MergePatch = "application/merge-patch+json";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_fault_is_found_alone_and_gone_when_it_is_healed()
    {
        var options = new LocalControlPlaneOptions
        {
            NodeMonitorGracePeriod = TimeSpan.FromSeconds(5),
            TolerationSeconds = 300,
            LeaseDuration = TimeSpan.FromSeconds(6),
            Etcd = new LocalEtcdOptions { Members = 3 },
        };
        await using var plane = await LocalControlPlane.StartAsync(options, Cancellation);
        using var api = new ApiProbe(plane);
        await UntilAsync(plane, []);

        await plane.Scheduler.StopAsync(Cancellation);
        await UntilAsync(plane, ["SchedulerLease Fail kube-scheduler"]);
        plane.Scheduler.Start();

        await plane.ControllerManager.KillAsync();
        await UntilAsync(plane, ["ControllerManagerLease Fail kube-controller-manager"]);
        await plane.Kubelets["kubew02"].KillAsync();
        await UntilAsync(plane, ["ControllerManagerLease Fail kube-controller-manager", "NodeLease Fail kubew02"]);
        plane.Kubelets["kubew02"].Start();
        plane.ControllerManager.Start();
        await UntilAsync(plane, []);

        await SendAsync(api, "PATCH", $"{Nodes}/kubew01", """{"spec":{"unschedulable":true}}""");
        await UntilAsync(plane, ["NodeCordon Warning kubew01"]);
        await SendAsync(api, "PATCH", $"{Nodes}/kubew01", """{"spec":{"unschedulable":null}}""");

        await SendAsync(
            api,
            "PATCH",
            $"{Nodes}/kubew03",
            """{"spec":{"taints":[{"key":"node.kubernetes.io/out-of-service","value":"nodeshutdown","effect":"NoExecute"}]}}""");
        await UntilAsync(plane, ["NodeTaint Warning kubew03"]);
        await SendAsync(api, "PATCH", $"{Nodes}/kubew03", """{"spec":{"taints":null}}""");

        await SendAsync(api, "POST", Pods, Pod("lost", "\"nodeSelector\":{\"disk\":\"none\"},"));
        await UntilAsync(plane, ["StuckPods Warning default/lost"]);
        await SendAsync(api, "PATCH", $"{Pods}/lost", """{"metadata":{"finalizers":["example.org/hold"]}}""");
        await SendAsync(api, "DELETE", $"{Pods}/lost?gracePeriodSeconds=0");
        var held = await UntilAsync(plane, ["StuckPods Warning default/lost"], "finalizers");
        Assert.Contains("example.org/hold", held[0].Message, StringComparison.Ordinal);
        await SendAsync(api, "PATCH", $"{Pods}/lost", """{"metadata":{"finalizers":null}}""");

        await SendAsync(api, "POST", Budgets, Budget("idle"));
        await UntilAsync(plane, ["BudgetsEmpty Warning default/idle"]);
        const string Name = "\"name\":\"web\"";
        var labelled = Pod("web", "").Replace(Name, Name + ",\"labels\":{\"app\":\"web\"}", StringComparison.Ordinal);
        await SendAsync(api, "POST", Pods, labelled);
        await UntilAsync(plane, ["BudgetsShut Warning default/idle"]);
        await SendAsync(api, "POST", Budgets, Budget("second"));
        string[] overlapping =
        [
            "BudgetsShut Warning default/idle", "BudgetsShut Warning default/second", "BudgetsOverlap Warning default/idle, default/second",
        ];
        await UntilAsync(plane, overlapping);
        foreach (var name in new[] { $"{Budgets}/idle", $"{Budgets}/second", $"{Pods}/web" }) await SendAsync(api, "DELETE", name);
        await UntilAsync(plane, []);

        await plane.Etcd.Members[2].StopAsync(Cancellation);
        await UntilAsync(plane, [$"EtcdMembers Fail {plane.Etcd.Members[2].Name}", "EtcdQuorum Warning practice"]);
        await plane.Etcd.Members[2].StartAsync(Cancellation);
        await UntilAsync(plane, []);

        await plane.ApiServer.KillAsync();
        await UntilAsync(plane, [$"ApiServerReady Fail {plane.Server}"]);
    }

    [Fact]
    public async Task An_API_server_without_etcd_is_believed_in_nothing()
    {
        await using var plane = await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { Nodes = ["kubew01"] }, Cancellation);
        await UntilAsync(plane, []);
        await plane.Etcd.Members[0].KillAsync();
        await UntilAsync(plane, [$"ApiServerReady Fail {plane.Server}"]);
        var results = await TestAsync(plane);
        Assert.DoesNotContain(results, r => r.Status == CheckStatus.Pass && r.Area is not "Certificates");
    }

    [Fact]
    public async Task Waiting_ends_when_the_cluster_has_been_well_for_long_enough()
    {
        await using var plane = await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { Nodes = ["kubew01"] }, Cancellation);
        using (var api = new ApiProbe(plane)) await SendAsync(api, "PATCH", $"{Nodes}/kubew01", """{"spec":{"unschedulable":true}}""");
        using var client = await ClientAsync(plane);
        var options = new HealthOptions { PodPatience = TimeSpan.FromSeconds(1) };
        var test = new ClusterHealthTest(Sources(plane, client), options, TimeProvider.System);
        var (results, inTime) = await test.WaitAsync(TimeSpan.FromSeconds(2), Patience, new RecordingSink(), Cancellation);
        Assert.True(inTime, string.Join('\n', results));
        await plane.Scheduler.StopAsync(Cancellation);
        await UntilAsync(plane, ["NodeCordon Warning kubew01", "SchedulerLease Fail kube-scheduler"]);
        (_, inTime) = await test.WaitAsync(TimeSpan.Zero, TimeSpan.FromSeconds(1), new RecordingSink(), Cancellation);
        Assert.False(inTime);
    }

    /// <summary>Waits until exactly these are the warnings and failures.</summary>
    private static async Task<IReadOnlyList<CheckResult>> UntilAsync(LocalControlPlane plane, string[] expected, string? saying = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var bad = (await TestAsync(plane)).Where(r => r.Status is CheckStatus.Warning or CheckStatus.Fail).ToList();
            var said = bad.Select(r => $"{r.Name} {r.Status} {r.Target}").Order(StringComparer.Ordinal).ToArray();
            if (said.SequenceEqual(expected.Order(StringComparer.Ordinal))
                && (saying is null || bad[0].Message.Contains(saying, StringComparison.Ordinal)))
            {
                Assert.All(bad, r => Assert.False(string.IsNullOrWhiteSpace(r.Remedy)));
                return bad;
            }

            Assert.True(clock.Elapsed < Patience, $"Expected: {string.Join("; ", expected)}. Found: {string.Join("; ", bad)}");
            await Task.Delay(200, Cancellation);
        }
    }

    private static async Task<IReadOnlyList<CheckResult>> TestAsync(LocalControlPlane plane)
    {
        using var client = await ClientAsync(plane);
        var options = new HealthOptions { PodPatience = TimeSpan.FromSeconds(1), CertificateTime = TimeSpan.Zero };
        return await new ClusterHealthTest(Sources(plane, client), options, TimeProvider.System).RunAsync(Cancellation);
    }

    private static async Task<KubernetesClient> ClientAsync(LocalControlPlane plane)
    {
        var connection = await KubernetesConnection.ReadAsync([plane.Kubeconfig], null, Cancellation);
        return new KubernetesClient(connection with { RequestTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System);
    }

    private static HealthSources Sources(LocalControlPlane plane, KubernetesClient client) => new()
    {
        ClusterName = "practice",
        Kubernetes = client,
        Etcd = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(plane.Etcd.Endpoints) },
    };

    private static async Task SendAsync(ApiProbe api, string method, string path, string? body = null)
    {
        var type = method == "PATCH" ? MergePatch : "application/json";
        var reply = await api.SendAsync(method, path, body is null ? null : JsonNode.Parse(body), type);
        Assert.True(reply.Code is 200 or 201 or 202, $"{method} {path}: {reply.Code} {reply.Text}");
    }

    private static string Pod(string name, string more) =>
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{" + more
        + "\"containers\":[{\"name\":\"main\",\"image\":\"nginx\"}]}}";

    private static string Budget(string name) =>
        "{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":\"" + name
        + "\"},\"spec\":{\"minAvailable\":1,\"selector\":{\"matchLabels\":{\"app\":\"web\"}}}}";
}
