using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>
/// Repairs of a member of a real etcd on three hosts, while a client writes. Always one of each kind; with <c>CLUSTERHEAL_TEST_ALL</c> each on all
/// forms of hosts and releases of etcd, 3.6 where <c>ETCD36_BINARIES</c> names a folder that has it.
/// </summary>
public sealed class MemberRepairTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<EtcdForm, string> Lost => Of((EtcdForm.StaticPod, "3.5"));

    public static TheoryData<EtcdForm, string> Corrupt => Of((EtcdForm.SystemdUnit, "3.4"));

    public static TheoryData<string> Moved => [.. RepairLab.Releases];

    [Theory]
    [MemberData(nameof(Lost))]
    public async Task A_member_that_lost_its_data_learns_all_from_the_others(EtcdForm form, string release)
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(form, release, Stop);
        await lab.LoseDataAsync("m2", Stop);
        var former = (await lab.MemberListAsync(Stop)).Single(member => member.Name == "m2").Id;
        await using var writer = lab.Write("m0", "m1");

        var planned = await lab.RunAsync(Stop, sink: new RecordingSink { Answer = false });
        Assert.Equal(former, Assert.IsType<MemberRepairPlan>(Assert.Single(planned.Records)).FormerId);
        Assert.Equal("", await lab.Hosts["m2"].SaysAsync("ls /var/lib/clusterheal/repair"));

        var report = await lab.ExpectRepairedAsync(Stop);

        Assert.Equal(former, report.FormerId);
        Assert.True(File.Exists(report.SnapshotPath));
        Assert.Empty(writer.Refused);
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", "m2"), Stop);
        await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
        await lab.Hosts["m2"].AssertNothingIsArmedAsync();
        Assert.Equal("", await lab.Hosts["m2"].SaysAsync("ls -d /etc/systemd/system/etcd.service.d 2>/dev/null"));
        var refusal = await Assert.ThrowsAnyAsync<ClusterHealException>(() => lab.RunAsync(Stop));
        Assert.Contains("is well", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Corrupt))]
    public async Task A_leader_with_other_data_than_the_others_hands_over_and_is_replaced(EtcdForm form, string release)
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(form, release, Stop);
        await lab.CorruptAsync("m2", Stop);
        await lab.MakeLeaderAsync("m2", Stop);
        await using var writer = lab.Write("m0", "m1");

        var report = await lab.ExpectRepairedAsync(Stop, request => request with { HostName = null, MemberName = "m2" });

        Assert.Contains(report.Steps, step => step is { Name: "Hand over the leadership", Status: CheckStatus.Pass });
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", "m2"), Stop);
        await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
        Assert.Equal("this-is-the-value", (await lab.EtcdCtlAsync("m2", Stop, "get", "told", "--consistency=s", "--print-value-only")).Output.Trim());
        // What was wrong is evidence, and is kept.
        Assert.NotEqual("", await lab.Hosts["m2"].SaysAsync($"LC_ALL=C grep -l THIS-IS-THE-VALUE {report.FormerData}/snap/db"));
    }

    [Theory]
    [MemberData(nameof(Moved))]
    public async Task A_member_whose_host_is_gone_moves_to_another_host(string release)
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, release, Stop, withSpare: true);
        await lab.Hosts["m2"].PowerOffAsync(Stop);
        await using var writer = lab.Write("m0", "m1");

        var unknown = await lab.ExpectRefusedAsync(Stop, request => request with { ToHostName = RepairLab.Spare });
        Assert.Contains("Give the member's -Name", unknown.Remedy, StringComparison.Ordinal);
        await lab.ExpectRepairedAsync(Stop, request => request with { HostName = null, MemberName = "m2", ToHostName = RepairLab.Spare });

        Assert.Empty(writer.Refused);
        await writer.AssertNothingLostAsync(lab.EndpointsOf("m0", "m1", RepairLab.Spare), Stop);
        await lab.AssertWholeAsync(Stop, "m0", "m1", RepairLab.Spare);
    }

    [Fact]
    public async Task A_clock_of_the_operator_that_is_far_off_changes_nothing()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop);
        foreach (var error in new[] { TimeSpan.FromDays(20), TimeSpan.FromMinutes(-30) })
        {
            await lab.LoseDataAsync("m2", Stop);
            await lab.ExpectRepairedAsync(Stop, time: new WrongTime(error));
            await lab.AssertWholeAsync(Stop, "m0", "m1", "m2");
            await lab.Hosts["m2"].AssertNothingIsArmedAsync();
        }
    }

    private static TheoryData<EtcdForm, string> Of((EtcdForm Form, string Release) always)
    {
        var data = new TheoryData<EtcdForm, string> { { always.Form, always.Release } };
        if (!LongTests.AreWanted) return data;
        foreach (var (form, release) in from form in new[] { EtcdForm.SystemdUnit, EtcdForm.StaticPod } from release in RepairLab.Releases select (form, release))
        {
            if ((form, release) != always) data.Add(form, release);
        }

        return data;
    }

    /// <summary>The clock of a machine that was set wrong.</summary>
    internal sealed class WrongTime(TimeSpan error) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + error;
    }
}
