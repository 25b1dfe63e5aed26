using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>
/// Repairs that something comes between. The others serve all the time, and the same command again, or the undoing, ends well. One moment
/// always, all with <c>CLUSTERHEAL_TEST_ALL</c>.
/// </summary>
public sealed class InterruptedRepairTests(ITestOutputHelper output)
{
    private const string AddStep = "Add the new member", StartStep = "Start etcd";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<EtcdForm> Forms => LongTests.AreWanted ? new(EtcdForm.SystemdUnit, EtcdForm.StaticPod) : new(EtcdForm.SystemdUnit);

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task After_an_operator_that_is_killed_in_any_step_the_same_command_or_the_undoing_ends_well(EtcdForm form)
    {
        await using var lab = await RepairLab.StartAsync(form, "3.5", Stop);
        await using var writer = lab.Write("m0", "m1");
        var (kills, undo) = (0, false);
        foreach (var step in LongTests.AreWanted ? Enumerable.Range(1, 30).Select(number => $"{number}") : [AddStep])
        {
            var died = await lab.RepairAndDieAsync(step, Stop);
            // Once the step before was the last, there is none with this number.
            if (!died && kills >= (LongTests.AreWanted ? 16 : 1)) break;
            Assert.True(died, $"There was no step {step}.");
            kills++;
            await writer.AwaitMoreAsync(20, Stop);
            undo = !undo;
            if (undo && await IsOpenAsync(lab))
            {
                var undone = await lab.UndoAsync(Stop);
                output.WriteLine($"{step}: {undone}");
                Assert.Equal(MemberRepairOutcome.Undone, undone.Outcome);
                await lab.Hosts["m2"].AssertNothingIsArmedAsync();
            }

            await lab.ExpectRepairedAsync(Stop, request => request with { Force = true });
            await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
        }

        Assert.Empty(writer.Refused);
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", "m2"), Stop);
        await lab.Hosts["m2"].AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task A_third_member_that_stops_before_the_removal_puts_all_back_and_after_it_is_waited_for()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop);
        await lab.CorruptAsync("m2", Stop);
        var former = (await lab.MemberListAsync(Stop)).Single(member => member.Name == "m2").Id;

        var early = await lab.RunAsync(Stop, sink: RestoreCluster.AtStep("Look at the other members again", () => lab.Hosts["m1"].SaysAsync("systemctl stop etcd")));

        Assert.Equal(MemberRepairOutcome.PutBack, Assert.IsType<MemberRepairReport>(Assert.Single(early.Records)).Outcome);
        Assert.Equal(ErrorIds.RepairPutBack, Assert.Single(early.Faults).ErrorId);
        await lab.Hosts["m1"].SaysAsync("systemctl start etcd");
        await HostLab.EventuallyAsync(
            async () => (await lab.EtcdCtlAsync("m2", Stop, "get", "told", "--consistency=s", "--print-value-only")).Output.Trim() == "THIS-IS-THE-VALUE",
            "m2 serves what it served before");
        Assert.Equal(former, (await lab.MemberListAsync(Stop)).Single(member => member.Name == "m2").Id);

        var late = RestoreCluster.AtStep(AddStep, async () =>
        {
            await lab.Hosts["m1"].SaysAsync("systemctl stop etcd");
            await lab.Hosts["m1"].SaysAsync("systemd-run --on-active=8 systemctl start etcd");
        });
        await lab.ExpectRepairedAsync(Stop, sink: late);
        await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
    }

    [Fact]
    public async Task A_new_member_that_never_comes_nearer_is_left_without_a_vote_and_the_same_command_goes_on()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop);
        await lab.LoseDataAsync("m2", Stop);
        await using var writer = lab.Write("m0", "m1");
        var cut = RestoreCluster.AtStep(StartStep, () => RouteAsync(restore: false));

        var sink = await lab.RunAsync(Stop, request => request with { CatchUpPatience = TimeSpan.FromSeconds(5) }, cut);

        var report = Assert.IsType<MemberRepairReport>(Assert.Single(sink.Records));
        Assert.Equal(MemberRepairOutcome.Unfinished, report.Outcome);
        Assert.Equal(ErrorIds.RepairUnfinished, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("came no nearer", report.Reason, StringComparison.Ordinal);
        Assert.True((await lab.MemberListAsync(Stop)).Single(member => member.Id == report.MemberId).IsLearner);

        await RouteAsync(restore: true);
        await lab.ExpectRepairedAsync(Stop);

        Assert.Empty(writer.Refused);
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", "m2"), Stop);
        await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");

        // What the others send to the new member goes nowhere.
        async Task RouteAsync(bool restore)
        {
            foreach (var host in new[] { lab.Hosts["m0"], lab.Hosts["m1"] })
            {
                if (restore) await host.RestoreRouteAsync(lab.Hosts["m2"].Address, Stop);
                else await host.DropRouteAsync(lab.Hosts["m2"].Address, Stop);
            }
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_while_the_new_member_learns_is_told_and_the_same_command_goes_on()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop, diskSize: "700M");
        await lab.LoseDataAsync("m2", Stop);
        await using var writer = lab.Write("m0", "m1");

        var sink = await lab.RunAsync(
            Stop,
            request => request with { CatchUpPatience = TimeSpan.FromSeconds(5) },
            RestoreCluster.AtStep(StartStep, () => RestoreCluster.FillDiskAsync(lab.Hosts["m2"], Stop)));

        var report = Assert.IsType<MemberRepairReport>(Assert.Single(sink.Records));
        Assert.Equal(MemberRepairOutcome.Unfinished, report.Outcome);
        Assert.True((await lab.MemberListAsync(Stop)).Single(member => member.Id == report.MemberId).IsLearner);

        await RestoreCluster.FreeDiskAsync(lab.Hosts["m2"], Stop);
        await lab.ExpectRepairedAsync(Stop);

        Assert.Empty(writer.Refused);
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", "m2"), Stop);
        await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
        await lab.Hosts["m2"].AssertNothingIsArmedAsync();
    }

    [Fact]
    public async Task A_host_that_nobody_comes_back_to_brings_itself_back()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop);
        await lab.CorruptAsync("m2", Stop);
        Assert.True(await lab.RepairAndDieAsync("Look at the other members again", Stop));
        Assert.Equal("inactive", await lab.Hosts["m2"].SaysAsync("systemctl is-active etcd"));

        await lab.Hosts["m2"].SaysAsync("sh /var/lib/clusterheal/heal/etcd-repair.sh");

        await HostLab.EventuallyAsync(
            async () => (await lab.EtcdCtlAsync("m2", Stop, "get", "told", "--consistency=s", "--print-value-only")).Output.Trim() == "THIS-IS-THE-VALUE",
            "m2 serves what it served before");
        await lab.Hosts["m2"].AssertNothingIsArmedAsync();
    }

    private static async Task<bool> IsOpenAsync(RepairLab lab) =>
        await lab.Hosts["m2"].SaysAsync("for r in /var/lib/clusterheal/repair/*; do [ ! -e $r/record.json ] || [ -e $r/finished ] || echo open; done") != "";
}
