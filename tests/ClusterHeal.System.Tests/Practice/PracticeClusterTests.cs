using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Practice;

/// <summary>The whole practice cluster, seen by the real kubectl, and what is seen when parts of it stop.</summary>
public sealed class PracticeClusterTests
{
    private const string NodePods = "get pods -l run=nginx --field-selector=spec.nodeName=kubew0";
    private static readonly string Samples = Path.Combine(RepositoryRoot.Path, "docs", "samples");
    private string _kubectl = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<EtcdForm, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<EtcdForm, bool> { { EtcdForm.SystemdUnit, false }, { EtcdForm.StaticPod, false } };
            if (LocalControlPlaneOptions.AssetsOfEnvironment is not null) kinds.Add(EtcdForm.StaticPod, true);
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_comes_up_serves_and_shows_what_a_lost_scheduler_and_a_lost_kubelet_do(EtcdForm form, bool real)
    {
        LongTests.SkipUnlessWanted();
        _kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, Stop)).Bin, "kubectl");
        var options = new PracticeClusterOptions
        {
            Form = form, KubernetesAssets = real ? LocalControlPlaneOptions.AssetsOfEnvironment : null,
        };
        await using var cluster = await PracticeCluster.StartAsync(options, Stop);

        var nodes = form == EtcdForm.StaticPod ? 5 : 2;
        await HostLab.EventuallyAsync(
            async () => (await RunAsync(cluster, "get nodes --no-headers")).Split('\n').Count(line => line.Contains(" Ready ", StringComparison.Ordinal)) == nodes,
            $"{nodes} nodes are ready");
        await RunAsync(cluster, $"create -f {Samples}");
        await RunAsync(cluster, "rollout status deployment nginx --timeout=180s");
        await EachAsync(cluster, AnswersAsync, "its node port answers");
        foreach (var number in (int[])[1, 2]) Assert.NotEqual("", await RunAsync(cluster, $"{NodePods}{number} -o name"));

        // Without a scheduler new pods wait, and what runs serves on.
        await cluster.Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, cluster.Masters).ExpectAsync();
        await RunAsync(cluster, "scale deployment nginx --replicas=5");
        await HostLab.EventuallyAsync(async () => (await PhasesAsync(cluster)).Count(phase => phase == "Pending") == 2, "two pods wait");
        await Task.Delay(TimeSpan.FromSeconds(2), Stop);
        Assert.Equal(["Pending", "Pending", "Running", "Running", "Running"], (await PhasesAsync(cluster)).Order());
        await EachAsync(cluster, AnswersAsync, "its node port still answers");
        await cluster.Hosts.Change(ComponentAction.Start, ClusterComponent.Scheduler, cluster.Masters).ExpectAsync();
        await RunAsync(cluster, "rollout status deployment nginx --timeout=180s");

        // A dead kubelet is noticed after the grace period and its pods are replaced; its node port still answers.
        var since = TimeProvider.System.GetTimestamp();
        await cluster.Hosts.Change(ComponentAction.Stop, ClusterComponent.Kubelet, cluster.Hosts["kubew02"]).ExpectAsync();
        await HostLab.EventuallyAsync(async () => await ReadinessAsync(cluster, "kubew02") == "Unknown", "the dead kubelet is noticed");
        // What it last reported may be as old as two of its heartbeats.
        Assert.True(TimeProvider.System.GetElapsedTime(since) > options.NodeMonitorGracePeriod * 0.6);
        await HostLab.EventuallyAsync(
            async () => (await RunAsync(cluster, $"{NodePods}1 -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 5,
            "all five run on the other worker");
        await EachAsync(cluster, AnswersAsync, "its node port answers without its kubelet");
        await cluster.Hosts.Change(ComponentAction.Start, ClusterComponent.Kubelet, cluster.Hosts["kubew02"]).ExpectAsync();
        await HostLab.EventuallyAsync(async () => await ReadinessAsync(cluster, "kubew02") == "True", "the node is back");
    }

    [Fact]
    public async Task Without_one_host_of_the_control_plane_the_cluster_goes_on()
    {
        LongTests.SkipUnlessWanted();
        _kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, Stop)).Bin, "kubectl");
        await using var cluster = await PracticeCluster.StartAsync(new PracticeClusterOptions { KubernetesAssets = null }, Stop);
        await cluster.Hosts["kubem00"].PowerOffAsync(Stop);

        // Another controller manager leads once the lease has run out, and the kubelets come by another API server.
        await HostLab.EventuallyAsync(
            async () => (await TryAsync(cluster, $"create -f {Samples}")).ExitCode == 0, "the entry passes requests to another server");
        await HostLab.EventuallyAsync(
            async () => (await TryAsync(cluster, "rollout status deployment nginx --timeout=5s")).ExitCode == 0, "the deployment is rolled out");
        await HostLab.EventuallyAsync(async () => await ReadinessAsync(cluster, "kubew01") == "True", "the kubelet comes by another API server");

        await cluster.Hosts["kubem00"].PowerOnAsync(Stop);
        await cluster.WaitUntilReadyAsync(Stop);
    }

    private static async Task EachAsync(PracticeCluster cluster, Func<string, Task<bool>> holds, string what)
    {
        foreach (var worker in cluster.Workers) await HostLab.EventuallyAsync(() => holds(worker.Address), $"{worker}: {what}");
    }

    private static async Task<bool> AnswersAsync(string address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            return (await http.GetStringAsync(new Uri($"http://{address}:30080/"), Stop)).Contains("Welcome to nginx!", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !Stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string[]> PhasesAsync(PracticeCluster cluster) =>
        (await RunAsync(cluster, "get pods -l run=nginx -o jsonpath={.items[*].status.phase}")).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private Task<string> ReadinessAsync(PracticeCluster cluster, string node) =>
        RunAsync(cluster, $"get node {node} -o jsonpath={{.status.conditions[?(@.type==\"Ready\")].status}}");

    private async Task<string> RunAsync(PracticeCluster cluster, string command) => (await TryAsync(cluster, command)).Expect().Output;

    private Task<ToolResult> TryAsync(PracticeCluster cluster, string command) =>
        Tool.RunAsync(_kubectl, [$"--kubeconfig={cluster.KubeconfigFile}", "--request-timeout=20s", .. command.Split(' ')], Stop);
}
