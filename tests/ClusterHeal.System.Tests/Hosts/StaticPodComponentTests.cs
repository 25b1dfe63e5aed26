using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>The same on a host that runs its control plane as static pods, as kubeadm sets it up.</summary>
public sealed class StaticPodComponentTests(StaticPodComponentTests.Fixture fixture) : IClassFixture<StaticPodComponentTests.Fixture>
{
    private const string Manifest = "/etc/kubernetes/manifests/kube-scheduler.yaml";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHosts Hosts => fixture.Hosts;

    private PracticeHost Host => fixture.Hosts["k1"];

    [Fact]
    public async Task The_status_of_a_static_pod_has_its_manifest_process_and_container()
    {
        var status = await Hosts.StatusAsync(Host, ClusterComponent.Etcd);
        Assert.Equal((ComponentState.Running, ComponentMechanism.StaticPod), (status.State, status.Mechanism));
        Assert.Equal("/etc/kubernetes/manifests/etcd.yaml", status.ManifestPath);
        Assert.Equal(await Host.SaysAsync("pidof etcd"), status.ProcessId.ToString());
        Assert.Contains($"cri-containerd-{status.ContainerId}.scope", await Host.SaysAsync($"cat /proc/{status.ProcessId}/cgroup"), StringComparison.Ordinal);
        Assert.Equal("/var/lib/etcd", status.Flag("--data-dir"));
        Assert.InRange(status.Since!.Value, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddSeconds(10));
        var kubelet = await Hosts.StatusAsync(Host, ClusterComponent.Kubelet);
        Assert.Equal((ComponentState.Running, "kubelet.service"), (kubelet.State, kubelet.UnitName));
    }

    [Fact]
    public async Task Stop_moves_the_manifest_aside_and_start_puts_the_same_back()
    {
        var before = await Host.SaysAsync($"sha256sum {Manifest}; stat -c '%a %U' {Manifest}");
        var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, Host).ExpectAsync();
        var status = Assert.IsType<ComponentStatus>(Assert.Single(sink.Records));
        Assert.Equal((ComponentState.Stopped, ComponentMechanism.StaticPod, Manifest), (status.State, status.Mechanism, status.ManifestPath));
        Assert.NotNull(status.HealsAt);
        Assert.Equal("", await Host.SaysAsync("ls /etc/kubernetes/manifests | grep scheduler; pgrep -f '^kube-scheduler'"));
        // Somebody works on the host meanwhile, and so systemd reads the unit for the next boot.
        await Host.SaysAsync("systemctl daemon-reload");

        await Hosts.Change(ComponentAction.Start, ClusterComponent.Scheduler, Host).ExpectAsync();
        Assert.Equal(before, await Host.SaysAsync($"sha256sum {Manifest}; stat -c '%a %U' {Manifest}"));
        Assert.NotEqual("", await Host.SaysAsync("pgrep -f '^kube-scheduler'"));
        Assert.Equal("", await Host.SaysAsync("ls /etc/kubernetes/clusterheal"));
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task The_host_puts_the_manifest_back_when_the_stopping_process_is_killed()
    {
        await KilledOperator.StopAndDieAsync(Hosts, Host, ClusterComponent.Scheduler, 15, async () => await Host.SaysAsync("pgrep -f '^kube-scheduler'") == "");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("pgrep -f '^kube-scheduler'") != "", "the timer brought the scheduler back");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task A_manifest_that_has_come_meanwhile_is_the_one_that_runs_on_and_the_one_that_was_parked_before_is_kept()
    {
        await Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, Host).ExpectAsync();
        await Host.SaysAsync($"cp /etc/kubernetes/clusterheal/*/kube-scheduler.yaml {Manifest}; echo '# newer' >> {Manifest}");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("pgrep -f '^kube-scheduler'") != "", "the newer manifest runs");
        var start = await Hosts.Change(ComponentAction.Start, ClusterComponent.Scheduler, Host).RunAsync();
        Assert.Contains("is there already", Assert.Single(start.Faults).Message, StringComparison.Ordinal);

        var restart = await Hosts.Change(ComponentAction.Restart, ClusterComponent.Scheduler, Host).ExpectAsync();
        Assert.Contains(restart.Warnings, warning => warning.Contains("is left there", StringComparison.Ordinal));
        Assert.Equal("# newer", await Host.SaysAsync($"tail -n 1 {Manifest}"));
        Assert.Equal("status: {}", await Host.SaysAsync("tail -n 1 /etc/kubernetes/clusterheal/*/kube-scheduler.yaml"));
        await Host.AssertNothingIsArmedAsync();

        await Host.SaysAsync($"mv /etc/kubernetes/clusterheal/*/kube-scheduler.yaml {Manifest}; rmdir /etc/kubernetes/clusterheal/*");
        await HostLab.EventuallyAsync(async () => (await Hosts.StatusAsync(Host, ClusterComponent.Scheduler)).IsListening, "the former manifest runs");
    }

    [Fact]
    public async Task A_reboot_of_the_host_puts_the_manifest_back()
    {
        await Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, Host).ExpectAsync();
        await Host.RebootAsync(Stop);
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("pgrep -f '^kube-scheduler'") != "", "the boot brought the scheduler back");
        await HostLab.EventuallyAsync(async () => await Host.SaysAsync("ls /var/lib/clusterheal/stopped") == "", "the switch cleared itself away");
        await Host.AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task Without_a_kubelet_nothing_is_moved()
    {
        await Host.SaysAsync("systemctl stop kubelet");
        try
        {
            var sink = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, Host).RunAsync();
            Assert.Equal(ErrorIds.KubeletNotRunning, Assert.Single(sink.Faults).ErrorId);
            Assert.NotEqual("", await Host.SaysAsync($"ls {Manifest}"));
        }
        finally
        {
            await Host.SaysAsync("systemctl start kubelet");
        }
    }

    [Fact]
    public async Task The_only_etcd_member_is_stopped_only_by_force_and_a_second_yes()
    {
        var refused = await Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host).RunAsync();
        Assert.Equal(ErrorIds.QuorumAtRisk, Assert.Single(refused.Faults).ErrorId);
        var forced = await (Hosts.Change(ComponentAction.Stop, ClusterComponent.Etcd, Host) with { Force = true })
            .RunAsync(new RecordingSink());
        Assert.Empty(forced.Faults.Select(fault => fault.Message));
        Assert.Equal("", await Host.SaysAsync("pidof etcd"));
        await Hosts.Change(ComponentAction.Start, ClusterComponent.Etcd, Host).ExpectAsync();
        Assert.NotEqual("", await Host.SaysAsync("pidof etcd"));
    }

    [Fact]
    public async Task The_last_API_server_is_stopped_only_after_a_second_yes()
    {
        var refused = await Hosts.Change(ComponentAction.Stop, ClusterComponent.ApiServer, Host).RunAsync();
        Assert.Equal(ErrorIds.LastApiServer, Assert.Single(refused.Faults).ErrorId);
        Assert.NotEqual("", await Host.SaysAsync("pgrep -f '^kube-apiserver'"));
        var agreed = await Hosts.Change(ComponentAction.Restart, ClusterComponent.ApiServer, Host).RunAsync(new RecordingSink());
        Assert.Empty(agreed.Faults.Select(fault => fault.Message));
        Assert.Equal(ComponentState.Running, Assert.IsType<ComponentStatus>(Assert.Single(agreed.Records)).State);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private PracticeEtcd _etcd = null!;

        public PracticeHosts Hosts { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, CancellationToken.None), EtcdForm.StaticPod, loopbackOnly: true);
            Hosts = await PracticeHosts.StartAsync(["k1"], CancellationToken.None, Install, sharedFiles: _etcd.SharedFiles);
            await _etcd.WaitUntilHealthyAsync(CancellationToken.None);
            await HostLab.EventuallyAsync(async () => (await Hosts.StatusAsync(Hosts["k1"], ClusterComponent.ApiServer)).IsListening, "the pods run");
            await HostLab.EventuallyAsync(async () => (await Hosts.StatusAsync(Hosts["k1"], ClusterComponent.Scheduler)).IsListening, "the pods run");
        }

        public async ValueTask DisposeAsync()
        {
            await Hosts.DisposeAsync();
            _etcd.Dispose();
        }

        private void Install(PracticeHosts hosts)
        {
            _etcd.Install(hosts);
            StaticPodHost.InstallComponent(hosts["k1"], "kube-scheduler");
            StaticPodHost.InstallComponent(hosts["k1"], "kube-apiserver");
        }
    }
}
