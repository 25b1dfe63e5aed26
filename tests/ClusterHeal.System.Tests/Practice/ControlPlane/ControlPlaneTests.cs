using System.Text.Json.Nodes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>What happens when parts of the practice control plane stop, as runs of real ones showed it.</summary>
public sealed class ControlPlaneTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static LocalControlPlaneOptions Quick => new()
    {
        NodeMonitorGracePeriod = TimeSpan.FromSeconds(5), TolerationSeconds = 2, LeaseDuration = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public async Task Workloads_go_on_without_the_api_and_come_back_with_a_restored_etcd()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var plane = await LocalControlPlane.StartAsync(Quick, cancellationToken);
        using var api = new ApiProbe(plane);
        await CreateAsync(api, "nginx-deploy.yaml", Deployments);
        await CreateAsync(api, "nginx-svc.yaml", "/api/v1/namespaces/default/services");
        await UntilAsync(async () => await ReadyAsync(api) == 3, "three pods are ready");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var page = new Uri($"http://{plane.NodeAddresses["kubew02"]}:30080/");
        await UntilAsync(() => AnswersAsync(http, page), "the node port answers");

        var file = Path.GetTempFileName();
        (await plane.Etcd.EtcdCtlAsync(cancellationToken, "snapshot", "save", file)).Expect();
        var uid = (string)(await api.SendAsync("GET", $"{Deployments}/nginx")).Json["metadata"]!["uid"]!;
        await api.SendAsync("DELETE", $"{Deployments}/nginx");
        await UntilAsync(async () => await ReadyAsync(api) == 0, "the pods are gone");

        foreach (var component in (LocalComponent[])[plane.Scheduler, plane.ControllerManager, plane.ApiServer])
        {
            await component.StopAsync(cancellationToken);
            Assert.Equal(0, component.ExitCode);
        }
        await EtcdRestore.FromAsync(plane.Etcd, file, cancellationToken);
        foreach (var component in (LocalComponent[])[plane.ApiServer, plane.ControllerManager, plane.Scheduler]) component.Start();
        await plane.WaitUntilServingAsync(cancellationToken);
        File.Delete(file);

        Assert.Equal(uid, (string)(await api.SendAsync("GET", $"{Deployments}/nginx")).Json["metadata"]!["uid"]!);
        await UntilAsync(async () => await ReadyAsync(api) == 3, "three pods are ready again");
        await UntilAsync(() => AnswersAsync(http, page), "the node port answers again");
        await plane.ApiServer.KillAsync();
        await UntilAsync(() => AnswersAsync(http, page), "the node port answers without the API");
    }

    [Fact]
    public async Task Without_scheduler_pods_wait_in_silence_and_without_controller_manager_nothing_is_replaced()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var plane = await LocalControlPlane.StartAsync(Quick, cancellationToken);
        using var api = new ApiProbe(plane);
        const string Lease = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler";
        await UntilAsync(async () => (await api.SendAsync("GET", Lease)).Code == 200, "the scheduler leads");
        await plane.Scheduler.StopAsync(cancellationToken);
        await CreateAsync(api, "nginx-deploy.yaml", Deployments);
        await UntilAsync(async () => (await PodsAsync(api)).Count == 3, "three pods are there");
        var lease = (await api.SendAsync("GET", Lease)).Json["spec"]!;
        Assert.Equal("", (string)lease["holderIdentity"]!); // A clean stop gives the lease back.
        Assert.All(await PodsAsync(api), pod =>
        {
            Assert.Equal("Pending", (string)pod["status"]!["phase"]!);
            Assert.Null(pod["status"]!["conditions"]);
            Assert.Null(pod["spec"]!["nodeName"]);
        });
        plane.Scheduler.Start();
        await UntilAsync(async () => await ReadyAsync(api) == 3, "three pods are ready");
        await UntilAsync(async () => await ReadyReplicasAsync() == 3, "the deployment has been told");

        await plane.ControllerManager.KillAsync();
        var victim = (await PodsAsync(api)).First(pod => (string?)pod["spec"]!["nodeName"] != "kubew03");
        await api.SendAsync("DELETE", $"{Pods}/{(string)victim["metadata"]!["name"]!}?gracePeriodSeconds=0");
        await plane.Kubelets["kubew03"].KillAsync();
        await Task.Delay(Quick.NodeMonitorGracePeriod + TimeSpan.FromSeconds(2), cancellationToken);
        Assert.Equal(2, (await PodsAsync(api)).Count);
        Assert.Equal(3, await ReadyReplicasAsync()); // It is stale.
        Assert.Equal("True", await NodeReadyAsync(api, "kubew03"));

        plane.ControllerManager.Start();
        await UntilAsync(async () => await NodeReadyAsync(api, "kubew03") == "Unknown", "the dead node is noticed");
        await UntilAsync(
            async () => (await PodsAsync(api)).Count(pod => IsReady(pod) && (string?)pod["spec"]!["nodeName"] != "kubew03") == 3,
            "the pods are replaced on other nodes");
        Assert.Contains(await PodsAsync(api), pod =>
            (string?)pod["spec"]!["nodeName"] == "kubew03" && pod["metadata"]!["deletionTimestamp"] is not null); // For ever, now.
        plane.Kubelets["kubew03"].Start();
        await UntilAsync(async () => (await PodsAsync(api)).Count == 3, "the returned kubelet has ended its pods");
        await UntilAsync(async () => await NodeReadyAsync(api, "kubew03") == "True", "the node is back");

        async Task<int?> ReadyReplicasAsync() =>
            (int?)(await api.SendAsync("GET", $"{Deployments}/nginx")).Json["status"]?["readyReplicas"];
    }

    [Fact]
    public async Task A_mirror_pod_comes_back_when_it_is_evicted_and_goes_with_its_manifest()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var manifests = Directory.CreateTempSubdirectory("clusterheal-manifests-").FullName;
        var manifest = Path.Combine(manifests, "proxy.yaml");
        await File.WriteAllTextAsync(
            manifest, "apiVersion: v1\nkind: Pod\nmetadata: {name: proxy}\nspec: {containers: [{name: main, image: busy:1}]}\n", cancellationToken);
        await using var plane = await LocalControlPlane.StartAsync(
            Quick with { Nodes = ["kubew01"], KubeletArguments = [$"--pod-manifest-path={manifests}"] }, cancellationToken);
        using var api = new ApiProbe(plane);
        const string Mirror = $"{Pods}/proxy-kubew01";
        await UntilAsync(async () => await ReadyAsync(api) == 1, "the mirror pod runs");
        var uid = (string)(await api.SendAsync("GET", Mirror)).Json["metadata"]!["uid"]!;
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "proxy-kubew01" } };
        Assert.Equal(201, (await api.SendAsync("POST", $"{Mirror}/eviction", body)).Code);
        await UntilAsync(
            async () => await api.SendAsync("GET", Mirror) is { Code: 200 } found && (string)found.Json["metadata"]!["uid"]! != uid,
            "the mirror pod is back with another identity");
        File.Delete(manifest);
        await UntilAsync(async () => (await PodsAsync(api)).Count == 0, "the mirror pod is gone with its manifest");
        Directory.Delete(manifests, recursive: true);
    }

    [Fact]
    public async Task When_the_api_goes_the_leaders_end_and_when_etcd_goes_health_says_so()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var options = Quick with { ApiServerArguments = ["--request-timeout=3s", "--practice-write-timeout=2s"], Nodes = ["kubew01"] };
        await using var plane = await LocalControlPlane.StartAsync(options, cancellationToken);
        using var api = new ApiProbe(plane);
        LocalComponent[] leaders = [plane.ControllerManager, plane.Scheduler];
        foreach (var component in leaders)
        {
            // One that does not lead yet has nothing to lose.
            await UntilAsync(
                async () => (await File.ReadAllTextAsync(component.LogFile, cancellationToken)).Contains("successfully acquired lease", StringComparison.Ordinal),
                "the component leads");
        }
        await plane.Etcd.Members[0].KillAsync();

        var live = await api.SendAsync("GET", "/livez?verbose");
        Assert.Equal(500, live.Code);
        Assert.Contains("[-]etcd failed: reason withheld\n", live.Text, StringComparison.Ordinal);
        Assert.EndsWith("livez check failed\n", live.Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => api.SendAsync("GET", "/api/v1/nodes"));
        Assert.Equal(200, (await api.SendAsync("GET", "/api/v1/nodes?resourceVersion=0")).Code);
        var cordon = new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = true } };
        var late = await api.SendAsync("PATCH", "/api/v1/nodes/kubew01", cordon, "application/merge-patch+json");
        Assert.Equal((504, "Timeout"), (late.Code, (string)late.Json["reason"]!));

        foreach (var component in leaders)
        {
            await component.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            Assert.Equal(1, component.ExitCode);
            Assert.Contains("leaderelection lost", await File.ReadAllTextAsync(component.LogFile, cancellationToken),
                StringComparison.Ordinal);
        }
        await plane.Etcd.Members[0].StartAsync(cancellationToken);
        await plane.WaitUntilServingAsync(cancellationToken);
    }

    private static async Task CreateAsync(ApiProbe api, string sample, string path)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "samples", sample),
            TestContext.Current.CancellationToken);
        var created = await api.SendAsync("POST", path, ClusterHeal.Practice.ControlPlane.Objects.Yaml.Read(text).Single());
        Assert.Equal(201, created.Code);
    }

    private static async Task<List<JsonNode>> PodsAsync(ApiProbe api) =>
        [.. (await api.SendAsync("GET", Pods)).Json["items"]!.AsArray().Select(pod => pod!)];

    private static async Task<int> ReadyAsync(ApiProbe api) => (await PodsAsync(api)).Count(IsReady);

    private static bool IsReady(JsonNode pod) =>
        pod["metadata"]!["deletionTimestamp"] is null
        && pod["status"]!["conditions"]?.AsArray().Any(each =>
            (string)each!["type"]! == "Ready" && (string)each["status"]! == "True") == true;

    private static async Task<string?> NodeReadyAsync(ApiProbe api, string name) =>
        (string?)(await api.SendAsync("GET", $"/api/v1/nodes/{name}")).Json["status"]!["conditions"]!.AsArray()
        .Single(each => (string)each!["type"]! == "Ready")!["status"];

    private static async Task<bool> AnswersAsync(HttpClient http, Uri page)
    {
        try
        {
            return (await http.GetStringAsync(page, TestContext.Current.CancellationToken))
                .Contains("Welcome to nginx!", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"After {Patience} it is still not true that {what}.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
