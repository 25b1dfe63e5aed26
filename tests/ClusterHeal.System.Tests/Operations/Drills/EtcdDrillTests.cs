using ClusterHeal.Operations.Drills;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The drills of etcd's data and of its space: what they say beforehand, and what becomes of them if something comes between.</summary>
[Collection(DrillLab.Name)]
public sealed class EtcdDrillTests(DrillLab lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Their_plans_say_what_will_be_done_and_nothing_is_touched()
    {
        DrillLab.SkipUnlessAll();
        var loss = await PlanAsync(DrillName.EtcdMemberLoss);
        Assert.Equal(["kubem02"], loss.TargetName);
        Assert.Contains(loss.Step, step => step.Contains("Move '/var/lib/etcd/member' aside on kubem02", StringComparison.Ordinal));
        Assert.True(loss.HealAfter > loss.Longest);

        var full = await PlanAsync(DrillName.EtcdNoSpace);
        Assert.Contains(full.Step, step => step.Contains("to '/etc/systemd/system/etcd.service.d/zz-clusterheal-drill.conf' on kubem02", StringComparison.Ordinal));
        // The flags of the practice cluster: lease 9 s, two retries of 1 s with client-go's jitter; 6 s of tolerance.
        Assert.Equal(9 + (2 * 2.2) + 6, full.Hypotheses.First(h => h.Name == "LeaseExpires").Latest.TotalSeconds, 3);
        await lab.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(DrillName.EtcdMemberLoss, DrillPhase.Observation)]
    [InlineData(DrillName.EtcdNoSpace, DrillPhase.Observation)]
    [InlineData(DrillName.EtcdMemberLoss, DrillPhase.Injection)]
    [InlineData(DrillName.EtcdNoSpace, DrillPhase.Injection)]
    public async Task The_user_who_stops_it_gets_etcd_back_as_it_was(DrillName drill, DrillPhase phase)
    {
        DrillLab.SkipUnlessAll();
        var before = await MembersAsync();
        using var user = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        // In the middle of the injection, or as soon as it is observed.
        var delay = phase == DrillPhase.Injection ? TimeSpan.FromSeconds(3) : TimeSpan.Zero;
        var (report, sink) = await DrillLab.RunAsync(
            await lab.RequestAsync(drill), phase, () => Task.Delay(delay, Stop).ContinueWith(_ => user.Cancel(), Stop), user);
        Assert.True(report.Verdict == DrillVerdict.EndedEarly, DrillLab.Text(report));
        Assert.Equal(ErrorIds.DrillEndedEarly, Assert.Single(sink.Faults).ErrorId);
        Assert.Equal(before, await MembersAsync());
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_second_member_that_fails_ends_the_loss_and_the_lost_data_come_back()
    {
        DrillLab.SkipUnlessAll();
        var before = await MembersAsync();
        var other = lab.Cluster.Hosts["kubem01"];
        var disturbances = Task.CompletedTask;
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                // Nobody but the test brings the second member back: the drill does not touch what it has not stopped.
                if (progress.Status == $"{DrillPhase.Observation}") disturbances = other.SaysAsync("systemctl stop etcd");
                if (progress.Status == $"{DrillPhase.Recovery}") disturbances = Task.WhenAll(disturbances, other.SaysAsync("systemctl start etcd"));
            },
        };
        var request = await lab.RequestAsync(DrillName.EtcdMemberLoss) with { Tolerance = TimeSpan.FromSeconds(60) };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop);
        await disturbances;
        var report = Assert.IsType<DrillReport>(Assert.Single(sink.Records));
        Assert.True(report.Verdict == DrillVerdict.EndedEarly, DrillLab.Text(report));
        Assert.Contains("have to be healthy", report.Reason, StringComparison.Ordinal);
        Assert.Equal(before, await MembersAsync());
        await lab.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("Add the new member")]
    [InlineData("Prove etcd")]
    public async Task Killed_in_the_middle_of_its_repair_a_loss_is_ended_by_going_on(string step)
    {
        DrillLab.SkipUnlessAll();
        var before = await MembersAsync();
        await DrillOperator.RunAndDieAsync(lab.Cluster, DrillName.EtcdMemberLoss, step, healAfter: null, Stop);
        await lab.UndoAsync(DrillName.EtcdMemberLoss);
        Assert.NotEqual(before, await MembersAsync());
    }

    [Fact]
    public async Task A_host_that_nobody_comes_back_to_clears_a_full_etcd_by_itself()
    {
        DrillLab.SkipUnlessAll();
        await DrillOperator.RunAndDieAsync(lab.Cluster, DrillName.EtcdNoSpace, $"{DrillPhase.Observation}", healAfter: null, Stop);
        Assert.Contains("NOSPACE", await AlarmsAsync(), StringComparison.Ordinal);
        await lab.Cluster.Hosts["kubem02"].SaysAsync("sh /var/lib/clusterheal/heal/etcd-quota.sh");
        await HostLab.EventuallyAsync(async () => await AlarmsAsync() == "", "the host has cleared the alarm");
        await lab.UndoAsync(DrillName.EtcdNoSpace);
    }

    private async Task<DrillPlan> PlanAsync(DrillName drill)
    {
        var sink = new RecordingSink { Answer = false };
        await new FailureDrillRun(await lab.RequestAsync(drill), sink, TimeProvider.System).RunAsync(Stop);
        return Assert.IsType<DrillPlan>(Assert.Single(sink.Records));
    }

    private async Task<string> MembersAsync() => (await lab.Cluster.Etcd.EtcdCtlAsync(lab.Cluster.Masters[0], Stop, "member", "list")).Expect().Output;

    private async Task<string> AlarmsAsync() => (await lab.Cluster.Etcd.EtcdCtlAsync(lab.Cluster.Masters[0], Stop, "alarm", "list")).Output.Trim();
}
