using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>A restore of three real hosts with a real etcd, over SSH.</summary>
public sealed class ClusterRestoreTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;


    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task What_was_deleted_is_back_on_all_members_and_can_be_undone(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));

        var kubelets = await cluster.KubeletStartsAsync(Stop);
        var report = await cluster.ExpectRestoredAsync(Stop, request => request with { RestartKubelet = form == EtcdForm.StaticPod });

        Assert.Equal(ClusterRestoreOutcome.Restored, report.Outcome);
        Assert.Equal("new", await cluster.SettledStateAsync(Patience, Stop));
        await cluster.AwaitControlPlaneAsync(Stop);
        if (form == EtcdForm.StaticPod) Assert.Empty(kubelets.Intersect(await cluster.KubeletStartsAsync(Stop)));
        Assert.True(File.Exists(report.LastSnapshotPath));
        foreach (var host in cluster.Hosts.Hosts)
        {
            Assert.Equal(["/var/lib/etcd/member", $"/var/lib/etcd/member.clusterheal-{report.OperationId}.old"], await RestoreCluster.DataFoldersAsync(host, Stop));
            var timers = await host.RunAsync(Stop, "systemctl", "list-timers", "--all", "clusterheal-*");
            Assert.Contains("0 timers listed", timers.Output, StringComparison.Ordinal);
        }

        Assert.Contains("was of 3 hosts, and 2 are named", await cluster.ExpectUndoRefusedAsync(Stop, "m0", "m2"), StringComparison.Ordinal);
        await cluster.ExpectUndoneAsync(Stop);

        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
        await cluster.AwaitControlPlaneAsync(Stop);
    }

    /// <summary>
    /// The operator's process is killed when it begins each step. After each kill nobody helps: the hosts settle on one state by themselves, and
    /// the next run, which begins with the end of the former, goes on from there.
    /// </summary>
    [Theory]
    [InlineData(EtcdForm.SystemdUnit)]
    [InlineData(EtcdForm.StaticPod)]
    public async Task An_operator_that_is_killed_leaves_one_state_on_all_members_whatever_the_step(EtcdForm form)
    {
        LongTests.SkipUnlessWanted();
        const int MostSteps = 30;
        await using var cluster = await RestoreCluster.StartAsync(form, Stop);
        var kills = 0;
        foreach (var step in Enumerable.Range(1, MostSteps))
        {
            if (!await cluster.RestoreAndDieAsync($"{step}", Stop)) break;
            kills++;
            await cluster.FireSwitchesAsync(Stop);
            Assert.Contains(await cluster.SettledStateAsync(TimeSpan.FromMinutes(2), Stop), new[] { "old", "new" });
        }

        Assert.True(kills >= 16, $"only {kills} kills");
        Assert.Equal("new", await cluster.SettledStateAsync(Patience, Stop));
        await cluster.AwaitControlPlaneAsync(Stop);
        await cluster.ExpectUndoneAsync(Stop);
    }

    [Fact]
    public async Task With_a_host_that_is_down_nothing_is_touched()
    {
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        await cluster.Hosts["m2"].PowerOffAsync(Stop);
        await using var restore = cluster.Restore();

        var fault = await Assert.ThrowsAnyAsync<ClusterHealException>(() => restore.RunAsync(new RecordingSink(), Stop));

        Assert.Equal("m2", fault.Target);
        Assert.Equal("old", await cluster.SettledStateAsync(Patience, Stop));
        Assert.Equal(["/var/lib/etcd/member"], await RestoreCluster.DataFoldersAsync(cluster.Hosts["m0"], Stop));
    }

    [Fact]
    public async Task Of_two_lost_hosts_nothing_is_needed_once_the_user_has_said_so()
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        var left = cluster.Hosts["m0"];

        // As long as the others live, m0 has a leader, and the restore of m0 alone would make a second cluster beside theirs.
        var refused = await Assert.ThrowsAnyAsync<ClusterHealException>(() => RestoreAsync("m1", "m2"));
        Assert.Equal(ErrorIds.RestoreRefused, refused.ErrorId);
        Assert.Contains("at least one lives", refused.Message, StringComparison.Ordinal);

        await Task.WhenAll(cluster.Hosts["m1"].PowerOffAsync(Stop), cluster.Hosts["m2"].PowerOffAsync(Stop));
        refused = await Assert.ThrowsAnyAsync<ClusterHealException>(() => RestoreAsync("m1", "m3"));
        Assert.Contains("give -LostMember 'm2'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("There is no member 'm3'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["/var/lib/etcd/member"], await RestoreCluster.DataFoldersAsync(left, Stop));

        var report = await RestoreOnceLeaderlessAsync();
        Assert.Equal(ClusterRestoreOutcome.Restored, report.Outcome);
        Assert.True(File.Exists(report.LastSnapshotPath));
        Assert.Equal("new", await cluster.SettledStateAsync(Patience, Stop));
        // Of the old data's three members one is left, and could never serve.
        Assert.Contains("of 3 members, of which 2 were lost", await cluster.ExpectUndoRefusedAsync(Stop, "m0"), StringComparison.Ordinal);

        async Task<ClusterRestoreReport> RestoreAsync(params string[] lost)
        {
            var sink = new RecordingSink();
            await using var restore = cluster.Restore(request => request with { LostMembers = lost }, "m0");
            await restore.RunAsync(sink, Stop);
            return Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records));
        }

        // m0 believes in the leader that it lost until its election timeout is over, and the refusal says so.
        async Task<ClusterRestoreReport> RestoreOnceLeaderlessAsync()
        {
            for (var end = DateTime.UtcNow + Patience; ; await Task.Delay(500, Stop))
            {
                try
                {
                    return await RestoreAsync("m1", "m2");
                }
                catch (ClusterHealException early) when (early.ErrorId == ErrorIds.RestoreRefused && DateTime.UtcNow < end)
                {
                    Assert.Contains("try again in some seconds", early.Message, StringComparison.Ordinal);
                }
            }
        }
    }
}
