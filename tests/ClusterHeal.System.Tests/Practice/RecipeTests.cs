using System.Diagnostics;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Practice;

public sealed class RecipeTests
{
    private static readonly string[] Names = ["m0", "m1", "m2"];

    [Fact]
    public async Task Three_members_as_units_serve_clients_elsewhere_and_take_a_stopped_one_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken);
        using var etcd = new PracticeEtcd(programs);
        await using var hosts = await PracticeHosts.StartAsync(Names, cancellationToken, etcd.Install, sharedFiles: etcd.SharedFiles);
        await etcd.WaitUntilHealthyAsync(cancellationToken);

        (await hosts["m1"].RunAsync(cancellationToken, "systemctl", "stop", "etcd")).Expect();
        (await etcd.EtcdCtlAsync(hosts["m0"], cancellationToken, "put", "a", "1", "--command-timeout=20s")).Expect();
        (await hosts["m1"].RunAsync(cancellationToken, "systemctl", "start", "etcd")).Expect();
        await etcd.WaitUntilHealthyAsync(cancellationToken);

        var (caFile, certFile, keyFile) = etcd.IssueClient("admin", hosts.Folder);
        var fromHere = await ClusterHeal.Practice.Processes.Tool.RunAsync(
            programs.Ctl,
            [$"--endpoints={string.Join(',', etcd.Endpoints)}", $"--cacert={caFile}", $"--cert={certFile}", $"--key={keyFile}", "get", "a"],
            cancellationToken);
        Assert.Equal("a\n1\n", fromHere.Expect().Output);
    }

    [Fact]
    public async Task A_static_pod_ends_with_its_manifest_and_comes_back_with_it_and_outlives_the_kubelet()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken), EtcdForm.StaticPod);
        await using var hosts = await PracticeHosts.StartAsync(
            ["m0"],
            cancellationToken,
            cluster =>
            {
                etcd.Install(cluster);
                StaticPodHost.InstallComponent(cluster["m0"], "kube-scheduler");
            },
            sharedFiles: etcd.SharedFiles);
        var host = hosts["m0"];
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        var etcdProcess = await ProcessOfAsync("etcd");
        var group = (await host.RunAsync(cancellationToken, "cat", $"/proc/{etcdProcess}/cgroup")).Expect().Output;
        const string PlaceOfPods = @"/kubepods-burstable\.slice/kubepods-burstable-pod[0-9a-f]{32}\.slice/cri-containerd-[0-9a-f]{64}\.scope";
        Assert.Matches(PlaceOfPods, group);

        (await host.RunAsync(cancellationToken, "systemctl", "restart", "kubelet")).Expect();
        Assert.Equal(etcdProcess, await ProcessOfAsync("etcd"));

        (await host.RunAsync(cancellationToken, "mv", "/etc/kubernetes/manifests/etcd.yaml", "/etc/kubernetes/etcd.yaml")).Expect();
        await UntilAsync(async () => await ProcessOfAsync("etcd") == "");
        Assert.NotEqual("", await ProcessOfAsync("kube-scheduler"));
        (await host.RunAsync(cancellationToken, "mv", "/etc/kubernetes/etcd.yaml", "/etc/kubernetes/manifests/etcd.yaml")).Expect();
        await etcd.WaitUntilHealthyAsync(cancellationToken);

        using var trusting = new HttpClientHandler();
        trusting.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator;
        using var http = new HttpClient(trusting);
        Assert.Equal("ok", await http.GetStringAsync(new Uri($"https://{host.Address}:10259/healthz"), cancellationToken));
        (await host.RunAsync(cancellationToken, "pkill", "-9", "-x", "etcd")).Expect();
        await UntilAsync(async () => await ProcessOfAsync("etcd") != "");

        async Task<string> ProcessOfAsync(string name) =>
            (await host.RunAsync(cancellationToken, "pgrep", "-f", $"^{name} ")).Output.Trim();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(3), "It did not come to pass within three minutes.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
