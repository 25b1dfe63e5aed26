using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>Drills whose expectations are made false, or into which a second failure falls.</summary>
[Collection(DrillLab.Name)]
public sealed class DisturbedDrillTests(DrillLab lab)
{
    public static TheoryData<DrillName, string, string, string> Disturbances => new()
    {
        { DrillName.ApiServer, "kubem00", "systemctl start kube-apiserver", "RequestsAreRefused" },
        { DrillName.EtcdMember, "kubem02", "systemctl start etcd", "MemberIsGone" },
        { DrillName.Kubelet, "kubew01", "systemctl start kubelet", "NodeIsUnknown" },
        { DrillName.ContainerRuntime, "kubew02", "systemctl start containerd", "NodeIsNotReady" },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Disturbances))]
    public async Task Somebody_who_brings_it_back_is_noticed(DrillName name, string host, string command, string hypothesis)
    {
        DrillLab.SkipUnlessAll();
        var (report, _) = await DrillLab.RunAsync(
            await lab.RequestAsync(name, host), DrillPhase.Observation, () => lab.Cluster.Hosts[host].SaysAsync(command));
        Assert.True(report.Verdict == DrillVerdict.NotAsExpected, DrillLab.Text(report));
        Assert.Contains(report.Hypotheses, h => h.Name == hypothesis && h.Status == CheckStatus.Fail);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_controller_manager_that_nobody_knew_of_is_found_out()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.ControllerManager);
        var (report, _) = await DrillLab.RunAsync(request with { Hosts = [.. request.Hosts.Take(2)] });
        Assert.True(report.Verdict == DrillVerdict.NotAsExpected, DrillLab.Text(report));
        Assert.Contains(report.Hypotheses, h => h.Name == "DeletedPodIsMissed" && h.Status == CheckStatus.Fail);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_node_that_is_uncordoned_in_the_middle_is_noticed()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.NodeMaintenance, "kubew01");
        using var api = new KubernetesClient(request.Kubernetes, TimeProvider.System);
        var (report, _) = await DrillLab.RunAsync(
            request, DrillPhase.Observation, () => Cordon.SetAsync(api, "kubew01", schedulable: true, Stop));
        Assert.True(report.Verdict == DrillVerdict.NotAsExpected, DrillLab.Text(report));
        Assert.Contains(report.Hypotheses, h => h.Name == "NodeIsCordoned" && h.Status == CheckStatus.Fail);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_second_component_that_fails_ends_the_drill_and_it_heals()
    {
        DrillLab.SkipUnlessAll();
        var other = lab.Cluster.Hosts["kubem01"];
        var disturbances = Task.CompletedTask;
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                // Nobody but the test brings the scheduler back: the drill does not touch what it has not stopped.
                var command = progress.Status switch { "Observation" => "stop", "Recovery" => "start", _ => null };
                if (command is not null) disturbances = Task.WhenAll(disturbances, other.SaysAsync($"systemctl {command} kube-scheduler"));
            },
        };
        var request = await lab.RequestAsync(DrillName.ApiServer, "kubem00") with { Tolerance = TimeSpan.FromSeconds(30) };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop);
        await disturbances;
        var report = Assert.IsType<DrillReport>(Assert.Single(sink.Records));
        Assert.True(report.Verdict == DrillVerdict.EndedEarly, DrillLab.Text(report));
        Assert.Contains("Scheduler on kubem01", report.Reason, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
    }
}
