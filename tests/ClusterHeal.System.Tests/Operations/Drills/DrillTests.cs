using ClusterHeal.Operations.Drills;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The drills on a practice cluster of three control-plane hosts and two workers.</summary>
[Collection(DrillLab.Name)]
public sealed class DrillTests(DrillLab lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(DrillLab.Drills), MemberType = typeof(DrillLab))]
    public async Task A_drill_on_a_well_cluster_sees_what_the_book_says(DrillName name)
    {
        DrillLab.SkipUnlessAll();
        var (report, _) = await DrillLab.RunAsync(await lab.RequestAsync(name));
        Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
        Assert.All(report.Hypotheses, h => Assert.Equal(CheckStatus.Pass, h.Status));
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_second_scheduler_that_nobody_knew_of_is_found_out()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.Scheduler);
        var page = Path.Combine(lab.Cluster.Hosts.Folder, "drill.xml");
        var (report, sink) = await DrillLab.RunAsync(request with { Hosts = [.. request.Hosts.Take(2)], ReportPath = [page] });
        Assert.Contains("<failure", await File.ReadAllTextAsync(page, Stop), StringComparison.Ordinal);
        Assert.True(report.Verdict == DrillVerdict.NotAsExpected, DrillLab.Text(report));
        Assert.Empty(sink.Faults);
        Assert.Equal(CheckStatus.Fail, report.Hypotheses.Single(h => h.Name == "NewPodWaits").Status);
        Assert.Contains("on kubew", report.Reason, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_scheduler_that_is_stopped_on_its_host_is_followed_by_another()
    {
        DrillLab.SkipUnlessAll();
        // The hosts are called by their addresses here: the holder of a lease calls itself by its host's own name.
        string[] addresses = [.. lab.Cluster.Masters.Select(host => host.Address)];
        var request = await lab.RequestAsync(DrillName.Scheduler, addresses[..2]) with { Hosts = [.. addresses.Select(a => lab.Connection(a, a))] };
        var (report, _) = await DrillLab.RunAsync(request);
        Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
        Assert.Contains(report.Observations, o => o.Value == "held by kubem02");
    }

    [Fact]
    public async Task The_user_who_stops_a_drill_gets_the_cluster_back()
    {
        DrillLab.SkipUnlessAll();
        using var user = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var (report, sink) = await DrillLab.RunAsync(
            await lab.RequestAsync(DrillName.ControllerManager), DrillPhase.Observation, () => user.CancelAsync(), user);
        Assert.Equal(DrillVerdict.EndedEarly, report.Verdict);
        Assert.Equal(ErrorIds.DrillEndedEarly, Assert.Single(sink.Faults).ErrorId);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_is_not_well_is_left_alone()
    {
        DrillLab.SkipUnlessAll();
        var host = lab.Cluster.Hosts["kubem01"];
        await host.SaysAsync("systemctl stop kube-scheduler");
        try
        {
            var run = new FailureDrillRun(await lab.RequestAsync(DrillName.ApiServer), new RecordingSink(), TimeProvider.System);
            var fault = await Assert.ThrowsAsync<ClusterHealException>(() => run.RunAsync(Stop));
            Assert.Equal(ErrorIds.ClusterNotWell, fault.ErrorId);
            Assert.Contains("Scheduler on kubem01 is Stopped", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await host.SaysAsync("systemctl start kube-scheduler");
        }

        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task The_plan_is_shown_and_nothing_is_touched()
    {
        DrillLab.SkipUnlessAll();
        var sink = new RecordingSink { Answer = false };
        await new FailureDrillRun(await lab.RequestAsync(DrillName.Kubelet, "kubew02"), sink, TimeProvider.System).RunAsync(Stop);
        var plan = Assert.IsType<DrillPlan>(Assert.Single(sink.Records));
        Assert.Equal(["kubew02"], plan.TargetName);
        // The flags of the practice cluster: grace period 10 s, toleration 5 s, monitor period 1 s; 6 s of tolerance, and 10 s for a pod's start.
        Assert.Equal(17, plan.Hypotheses.Single(h => h.Name == "NodeIsUnknown").Latest.TotalSeconds);
        Assert.Equal(32, plan.Hypotheses.Single(h => h.Name == "PodsAreReplaced").Latest.TotalSeconds);
        Assert.True(plan.HealAfter > plan.Longest);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_switch_that_would_fire_while_the_drill_watches_is_refused()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.Kubelet) with { HealAfter = TimeSpan.FromSeconds(30) };
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => new FailureDrillRun(request, new RecordingSink(), TimeProvider.System).RunAsync(Stop));
        Assert.Equal(ErrorIds.DrillRefused, fault.ErrorId);
    }
}
