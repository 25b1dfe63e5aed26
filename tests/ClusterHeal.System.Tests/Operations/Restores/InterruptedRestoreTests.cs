using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>
/// What befalls hosts in the middle of a restore. Each time all members end on one side by themselves, nothing of the old data is lost, and
/// a second run, or the undoing, brings the rest. With <c>CLUSTERHEAL_TEST_ALL</c>.
/// </summary>
public sealed class InterruptedRestoreTests
{
    private const string PutStep = "Put the new data in place";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task A_host_that_dies_after_its_etcd_was_stopped_joins_the_others_when_it_is_back(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        var victim = cluster.Hosts["m2"];
        var sink = RestoreCluster.AtStep(PutStep, () => victim.PowerOffAsync(Stop));
        await using (var restore = cluster.Restore()) await restore.RunAsync(sink, Stop);

        var report = Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records));
        Assert.Equal(ClusterRestoreOutcome.PutBack, report.Outcome);
        Assert.Equal(ErrorIds.RestorePutBack, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains("m2", report.Reason, StringComparison.Ordinal);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));

        await victim.PowerOnAsync(Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
        await ASecondRunRestoresAsync(cluster);
    }

    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task A_disk_that_is_full_before_or_meanwhile_costs_no_data(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(form, Stop, diskSize: "700M");
        var victim = cluster.Hosts["m1"];

        await RestoreCluster.FillDiskAsync(victim, Stop);
        await using (var restore = cluster.Restore())
        {
            var refused = await Assert.ThrowsAnyAsync<ClusterHealException>(() => restore.RunAsync(new RecordingSink(), Stop));
            Assert.Equal(ErrorIds.RestoreRefused, refused.ErrorId);
            Assert.Contains("m1", refused.Message, StringComparison.Ordinal);
        }

        await RestoreCluster.FreeDiskAsync(victim, Stop);
        await using (var restore = cluster.Restore())
        {
            var sink = RestoreCluster.AtStep("Lay the new data beside the old", () => RestoreCluster.FillDiskAsync(victim, Stop));
            await Assert.ThrowsAnyAsync<ClusterHealException>(() => restore.RunAsync(sink, Stop));
        }

        Assert.All(await cluster.StatesAsync(Stop), state => Assert.Equal("old", state));
        foreach (var host in cluster.Hosts.Hosts) Assert.Equal(["/var/lib/etcd/member"], await RestoreCluster.DataFoldersAsync(host, Stop));

        // The new data lie in place, nothing runs, and now there is no room: the others go back, and the host by itself when there is.
        await RestoreCluster.FreeDiskAsync(victim, Stop);
        var late = RestoreCluster.AtStep("Start etcd", () => RestoreCluster.FillDiskAsync(victim, Stop));
        await using (var restore = cluster.Restore(request => request with { HealAfter = TimeSpan.FromSeconds(30) })) await restore.RunAsync(late, Stop);

        Assert.Equal(ClusterRestoreOutcome.PutBack, Assert.IsType<ClusterRestoreReport>(Assert.Single(late.Records)).Outcome);
        await RestoreCluster.FreeDiskAsync(victim, Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
        await ASecondRunRestoresAsync(cluster);
    }

    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task Hosts_of_which_as_many_stand_on_one_side_as_on_the_other_agree(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        Assert.True(await cluster.RestoreAndDieAsync(PutStep, Stop));
        // One host has swapped, one has not, and the third, which could decide it, is dead.
        var put = await cluster.Hosts["m0"].RunAsync(Stop, "sh", "-c", "exec sh /var/lib/clusterheal/restore/*/member.sh put new");
        put.Expect();
        await cluster.Hosts["m2"].PowerOffAsync(Stop);

        await cluster.FireSwitchesAsync(Stop);
        var agreed = await cluster.SettledStateAsync(Patience, Stop);

        await cluster.Hosts["m2"].PowerOnAsync(Stop);
        Assert.Equal(agreed, await cluster.SettledStateAsync(Patience, Stop));
        await ASecondRunRestoresAsync(cluster);
    }

    [Fact]
    public async Task A_restore_that_nobody_ended_is_undone_and_no_other_operation_is_let_in_meanwhile()
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        Assert.True(await cluster.RestoreAndDieAsync("Close the operation", Stop));
        await cluster.ExpectUndoneAsync(Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
    }

    /// <summary>And then the undoing has to find the data of before, so nothing of them was lost.</summary>
    private static async Task ASecondRunRestoresAsync(RestoreCluster cluster)
    {
        await cluster.ExpectRestoredAsync(Stop);
        Assert.Equal("new", await cluster.SettledStateAsync(Patience, Stop));
        await cluster.AwaitControlPlaneAsync(Stop);
        await cluster.ExpectUndoneAsync(Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
    }
}
