using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>
/// A user of the hosts without any right runs processes called etcd, kube-apiserver and so on, and a kubelet with a manifest folder of that
/// user's own. No operation that logs in believes one of them, or runs anything of that user's.
/// </summary>
public sealed class ImpostorTests
{
    private const string Canary = "/var/tmp/somebody-ran-this";

    // Each program leaves a trace if anybody runs it. A process has its path as the first word, and its name from a copy of sleep; the seventh
    // has a kubelet's arguments, too.
    private const string Impersonate = """
        mkdir -p ~/bin ~/sleep ~/manifests && chmod 755 ~ && cd ~ || exit 1
        printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: %s/manifests\n' ~ > kubelet.yaml
        for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet containerd; do
          printf '#!/bin/sh\nid >> /var/tmp/somebody-ran-this\necho etcd Version: 3.5.16\n' > bin/$name && chmod 755 bin/$name
          cp /bin/sleep sleep/$name
          printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    component: %s\n' $name > manifests/$name.yaml
          setsid bash -c 'exec -a "$0" "$1" 86400' ~/bin/$name ~/sleep/$name > /dev/null 2>&1 < /dev/null &
        done
        printf 'import time\ntime.sleep(86400)\n' > wait.py
        setsid bash -c 'exec -a "$0" python3 ~/wait.py --config="$HOME/kubelet.yaml" --pod-manifest-path="$HOME/manifests"' ~/bin/kubelet > /dev/null 2>&1 < /dev/null &
        sleep 1
        """;

    private static readonly ClusterComponent[] All = Enum.GetValues<ClusterComponent>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One form always, and both with <c>CLUSTERHEAL_TEST_ALL</c>.</summary>
    public static TheoryData<EtcdForm> Forms => LongTests.AreWanted ? new(EtcdForm.SystemdUnit, EtcdForm.StaticPod) : new(EtcdForm.SystemdUnit);

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Nobody_but_the_real_component_is_taken_for_one(EtcdForm form)
    {
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        var host = cluster.Hosts["m0"];
        var connection = cluster.Connections[0];
        var before = await StatusAsync(connection);
        await ImpersonateAsync(cluster.Hosts, host);

        Assert.Equal(before, await StatusAsync(connection));
        await using var shell = HostLab.Shells.Open(connection);

        var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, Stop);
        Assert.Equal("/var/lib/etcd", configuration.DataDirectory);

        await using (var drilled = await DrillHost.LookAsync(HostLab.Shells.Open(connection), connection, Stop))
        {
            Assert.Equal(before, Describe(drilled.Components.OrderBy(c => c.Component)));
        }

        var (facts, certificates) = await HostSurvey.RunAsync(connection, HostLab.Shells, certificates: true, whatHeals: false, Stop);
        Assert.Null(facts.Fault);
        Assert.Equal(before, Describe(facts.Components.OrderBy(c => c.Component)));
        Assert.DoesNotContain(certificates.Seen, seen => seen.ToString().Contains("/home/", StringComparison.Ordinal));

        var planned = new RecordingSink { Answer = false };
        await using (var restore = cluster.Restore(request => request with { Force = false })) await restore.RunAsync(planned, Stop);
        Assert.Empty(planned.Faults.Select(fault => fault.Message));
        Assert.NotEmpty(planned.Questions);

        // Scheduler: of a member of etcd the quorum would be lost twice.
        foreach (var action in new[] { ComponentAction.Stop, ComponentAction.Start, ComponentAction.Restart })
        {
            var change = cluster.Hosts.Change(action, ClusterComponent.Scheduler, host) with { Timeout = TimeSpan.FromSeconds(40) };
            var status = Assert.IsType<ComponentStatus>(Assert.Single((await change.ExpectAsync()).Records));
            // A unit whose program ends with another code than 0 when it is told to has failed.
            Assert.True(action == ComponentAction.Stop ? status is { ProcessId: null, IsListening: false } : status.State == ComponentState.Running, status.ToString());
        }

        await AssertNobodyIsBelievedAsync(host);
    }

    /// <summary>Beside them on each host everything is stopped, swapped, started and proven, there and back.</summary>
    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task A_restore_beside_them_restores_and_is_undone(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        foreach (var host in cluster.Hosts.Hosts) await ImpersonateAsync(cluster.Hosts, host);

        await cluster.ExpectRestoredAsync(Stop);
        Assert.Equal("new", await cluster.SettledStateAsync(TimeSpan.FromMinutes(1), Stop));
        await cluster.ExpectUndoneAsync(Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(TimeSpan.FromMinutes(1), Stop));

        await cluster.AwaitControlPlaneAsync(Stop);
        foreach (var host in cluster.Hosts.Hosts) await AssertNobodyIsBelievedAsync(host);
    }

    /// <summary>Nothing of the user's ran, and what the user has is as it was.</summary>
    private static async Task AssertNobodyIsBelievedAsync(PracticeHost host)
    {
        Assert.Equal("", await host.SaysAsync($"cat {Canary}"));
        Assert.Equal("7", await host.SaysAsync("pgrep -c -u mallory -f ^/home/mallory/bin/"));
        Assert.Equal("6", await host.SaysAsync("ls /home/mallory/manifests | wc -l"));
        await host.AssertNothingIsArmedAsync();
    }

    private static async Task ImpersonateAsync(PracticeHosts hosts, PracticeHost host)
    {
        await host.AddUserAsync("mallory", Stop);
        await using var shell = HostLab.Shells.Open(hosts.Connection(host, "mallory"));
        await shell.RunCheckedAsync(new HostScript(Impersonate), Stop);
        Assert.Equal("7", await host.SaysAsync("pgrep -c -u mallory -f ^/home/mallory/bin/"));
    }

    private static async Task<string> StatusAsync(HostConnection connection)
    {
        var sink = new RecordingSink();
        await ComponentQuery.RunAsync([new HostComponents(connection, All)], all: false, 1, HostLab.Shells, sink, Stop);
        Assert.Empty(sink.Faults.Select(fault => fault.Message));
        return Describe(sink.Records.Cast<ComponentStatus>().OrderBy(c => c.Component));
    }

    private static string Describe(IEnumerable<ComponentStatus> components) => string.Join(
        '\n', components.Select(c => string.Join(' ', [c.Component, c.State, c.Mechanism, c.Source, c.ProcessId, c.ContainerId, c.IsListening, .. c.CommandLine])));
}
