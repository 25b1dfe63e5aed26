using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd.Snapshots;
using ClusterHeal.Tests.Operations.Health;
using Etcdserverpb;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>Alarms of real members: NOSPACE that they raised themselves, CORRUPT with data that differ. What is so before and after is what etcdctl says.</summary>
public sealed class AlarmClearanceTests
{
    private const int KeptMinutes = 5;
    private const int Pages = 1 << 16;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3.4")]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task A_full_etcd_takes_writes_again_and_the_last_minutes_stay_readable(string release)
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options(release, members: 3));
        var minutes = await lab.FillByMinutesAsync();
        Assert.NotEmpty(await lab.AlarmsAsync());
        Assert.NotEqual(0, (await lab.Etcd.EtcdCtlAsync(Stop, "put", "a", "b")).ExitCode);
        var before = await lab.StatusAsync();

        // A no touches nothing, and says what fills it.
        var no = new RecordingSink { Answer = false };
        await lab.Clearance().RunAsync(no, Stop);
        var plan = Assert.IsType<EtcdAlarmPlan>(Assert.Single(no.Records));
        Assert.Equal("configmaps", plan.Resources[0].Resource);
        Assert.Equal((before[0].Revision, 3), (plan.Revision, plan.Members.Length));
        Assert.Equal(before, await lab.StatusAsync());

        var report = await ClearAsync(lab);
        Assert.Equal((EtcdAlarmOutcome.Cleared, (string?)null), (report.Outcome, report.Reason));
        Assert.Empty(await lab.AlarmsAsync());
        var after = await lab.StatusAsync();
        // The proof of a write is no revision.
        Assert.Equal(before[0].Revision, after[0].Revision);
        // The proof is written to the database, which may take some pages.
        Assert.All(after, member => Assert.InRange(member.Size - report.Members.First(result => result.MemberId == member.Id).DbSize, 0, Pages));
        Assert.All(after, member => Assert.InRange(member.Size, plan.BytesKept!.Value, UpkeepLab.Quota / 2));
        Assert.Equal(before[0].Leader, report.Members[^1].MemberId);

        // The lease was renewed at the start of each minute: of the last five, all can be read, and of those before none.
        var kept = minutes.Count - KeptMinutes;
        for (var minute = kept; minute < minutes.Count; minute++)
        {
            Assert.Contains($"\n{minute}\n", await lab.CtlAsync("get", "/registry/configmaps/default/minute", $"--rev={minutes[minute]}"), StringComparison.Ordinal);
        }

        var old = await lab.Etcd.EtcdCtlAsync(Stop, "get", "/registry/configmaps/default/minute", $"--rev={minutes[kept - 2]}");
        Assert.Contains("has been compacted", old.Error, StringComparison.Ordinal);
        await lab.CtlAsync("put", "a", "b");

        // Nothing is left to do.
        Assert.Equal(EtcdAlarmOutcome.NothingRaised, (await ClearAsync(lab)).Outcome);
    }

    [Fact]
    public async Task What_cannot_help_is_refused_before_anything_is_touched_and_names_the_largest_kinds()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        await lab.FillWithObjectsAsync();
        var (status, alarms) = (await lab.StatusAsync(), await lab.AlarmsAsync());
        var refusal = await RefusalAsync(lab, UpkeepLab.Request() with { KeepHistory = TimeSpan.Zero });
        Assert.Contains("Neither compaction nor defragmentation can help", refusal.Message, StringComparison.Ordinal);
        Assert.Matches("The present objects are events .* MiB in [0-9]+ keys, secrets .* in 1 keys", refusal.Message);
        Assert.Contains("Delete objects of the largest kinds", refusal.Remedy, StringComparison.Ordinal);

        // Nothing tells the time here.
        Assert.Contains("no lease of Kubernetes was found", (await RefusalAsync(lab, UpkeepLab.Request())).Message, StringComparison.Ordinal);
        Assert.Equal(status, await lab.StatusAsync());
        Assert.Equal(alarms, await lab.AlarmsAsync());

        // With a larger quota nothing but the alarm is left.
        foreach (var member in lab.Etcd.Members)
        {
            await member.StopAsync(Stop);
            member.Arguments = [$"--quota-backend-bytes={4 * UpkeepLab.Quota}"];
            await member.StartAsync(Stop);
        }

        var report = await ClearAsync(lab);
        Assert.Equal((EtcdAlarmOutcome.Cleared, 0), (report.Outcome, report.Members.Length));
        await lab.CtlAsync("put", "a", "b");
    }

    [Fact]
    public async Task What_has_to_stay_of_the_past_counts_too()
    {
        await using var lab = await UpkeepLab.StartAsync(new LocalEtcdOptions());
        for (var round = 0; round < 2; round++)
        {
            await lab.FillByMinutesAsync();
            await lab.GiveBackAsync();
        }

        var minutes = await lab.FillByMinutesAsync();
        var status = await lab.StatusAsync();
        var refusal = await RefusalAsync(lab, UpkeepLab.Request() with { Revision = 1 });
        Assert.Contains("Neither compaction nor defragmentation can help", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Keep less of the past", refusal.Remedy, StringComparison.Ordinal);
        refusal = await RefusalAsync(lab, UpkeepLab.Request() with { KeepHistory = TimeSpan.FromMinutes(minutes.Count + 1) });
        Assert.Contains("do not reach back", refusal.Message, StringComparison.Ordinal);
        refusal = await RefusalAsync(lab, UpkeepLab.Request() with { Revision = status[0].Revision + 1 });
        Assert.Contains("is not reached", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(status, await lab.StatusAsync());

        var report = await ClearAsync(lab, UpkeepLab.Request() with { Revision = minutes[^1] });
        Assert.Equal((EtcdAlarmOutcome.Cleared, minutes[^1]), (report.Outcome, report.CompactRevision));
        await lab.CtlAsync("get", "a", $"--rev={minutes[^1]}");
    }

    [Theory]
    [InlineData("Compare with the quotas", EtcdAlarmOutcome.NotEnough, "still leave no room below their quotas")]
    [InlineData("Prove that writes go through", EtcdAlarmOutcome.Returned, "was raised again at once (NOSPACE of m1)")]
    public async Task Somebody_who_writes_on_faster_than_anybody_can_look_is_told(string step, EtcdAlarmOutcome outcome, string reason)
    {
        await using var lab = await UpkeepLab.StartAsync(new LocalEtcdOptions());
        await lab.FillByMinutesAsync();
        var sink = new RecordingSink
        {
            OnProgress = report =>
            {
                if (report.Status == step) FillAgainAsync().Wait(Stop);
            },
        };
        await lab.Clearance().RunAsync(sink, Stop);
        Assert.Equal(outcome, Assert.IsType<EtcdAlarmReport>(Assert.Single(sink.Records)).Outcome);
        var fault = Assert.Single(sink.Faults);
        Assert.Equal(ErrorIds.AlarmNotCleared, fault.ErrorId);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains("The largest kinds are configmaps", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await lab.AlarmsAsync());

        async Task FillAgainAsync()
        {
            await lab.CtlAsync("alarm", "disarm");
            await lab.FillByMinutesAsync();
        }
    }

    [Fact]
    public async Task A_quota_that_a_member_does_not_tell_is_asked_for()
    {
        // Metrics are on a port of their own then.
        var http = $"--listen-client-http-urls=http://127.0.0.1:{LoopbackPorts.Take(1)[0]}";
        await using var lab = await UpkeepLab.StartAsync(new LocalEtcdOptions { Arguments = [http] });
        await lab.FillByMinutesAsync();
        var refusal = await RefusalAsync(lab, UpkeepLab.Request());
        Assert.Contains("does not tell the quota", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("-QuotaBytes", refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal(EtcdAlarmOutcome.Cleared, (await ClearAsync(lab, UpkeepLab.Request() with { QuotaBytes = UpkeepLab.Quota })).Outcome);
    }

    [Fact]
    public async Task Corruption_is_cleared_only_when_all_hold_the_same_data()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        await lab.CtlAsync("put", "colours", "blue-and-yellow");
        await lab.RaiseAsync(AlarmType.Corrupt);
        var alarms = await lab.AlarmsAsync();
        await ChangeAsync("blue-and-yellow", "blue-and-fellow");

        var refusal = await RefusalAsync(lab, UpkeepLab.Request());
        Assert.Contains("The members hold different data", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("m3 has hash", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Repair-EtcdMember", refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal(alarms, await lab.AlarmsAsync());

        await ChangeAsync("blue-and-fellow", "blue-and-yellow");
        var report = await ClearAsync(lab);
        Assert.Equal((EtcdAlarmOutcome.Cleared, "CORRUPT of m1"), (report.Outcome, Assert.Single(report.Alarms)));
        Assert.Empty(await lab.AlarmsAsync());
        await lab.CtlAsync("put", "a", "b");

        async Task ChangeAsync(string value, string other)
        {
            var member = lab.Etcd.Members[2];
            await member.StopAsync(Stop);
            CorruptValue.Write(Path.Combine(member.DataFolder, "member", "snap", "db"), value, other);
            await member.StartAsync(Stop);
            // It may be heard of by the others a moment later.
            for (var left = 300; (await lab.Etcd.EtcdCtlAsync(Stop, "endpoint", "status")).ExitCode != 0 && left > 0; left--) await Task.Delay(100, Stop);
        }
    }

    [Fact]
    public async Task Whoever_stops_or_dies_between_two_steps_gets_a_good_end_from_the_same_command()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        var minutes = await lab.FillByMinutesAsync();
        using (var user = new CancellationTokenSource())
        {
            var sink = new RecordingSink
            {
                OnProgress = report =>
                {
                    if (report.Status.StartsWith("Compact", StringComparison.Ordinal)) user.Cancel();
                },
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lab.Clearance().RunAsync(sink, user.Token));
        }

        string[] steps = ["Defragment m2", "Prove that writes go through"];
        if (LongTests.AreWanted)
        {
            steps = ["Find what fills it", "2", "Defragment m1", "Defragment m2", "Defragment m3", "Compare with the quotas", "Clear NOSPACE", "Prove that writes go through"];
        }

        foreach (var step in steps)
        {
            Assert.NotEmpty(await lab.AlarmsAsync());
            var killed = await AlarmOperator.StartAsync(lab, step, Stop);
            Assert.True(killed.ExitCode > 128, $"{step}: {killed.Output}{killed.Error}");
        }

        // The last one died when the alarm was gone.
        Assert.Empty(await lab.AlarmsAsync());
        Assert.Equal(EtcdAlarmOutcome.NothingRaised, (await ClearAsync(lab)).Outcome);
        await lab.CtlAsync("put", "a", "b");
        await lab.CtlAsync("get", "a", $"--rev={minutes[^KeptMinutes]}");
        Assert.All(await lab.StatusAsync(), member => Assert.InRange(member.Size, 1, UpkeepLab.Quota / 2));
    }

    private static async Task<EtcdAlarmReport> ClearAsync(UpkeepLab lab, AlarmClearanceRequest? request = null)
    {
        for (var left = 100; ; left--)
        {
            try
            {
                var sink = new RecordingSink();
                await lab.Clearance(request).RunAsync(sink, Stop);
                Assert.Empty(sink.Faults);
                return Assert.IsType<EtcdAlarmReport>(Assert.Single(sink.Records));
            }
            catch (ClusterHealException e) when (e.ErrorId == ErrorIds.UpkeepRefused && left > 0)
            {
                await Task.Delay(100, Stop); // A member has just come back.
            }
        }
    }

    private static async Task<ClusterHealException> RefusalAsync(UpkeepLab lab, AlarmClearanceRequest request)
    {
        for (var left = 100; ; left--)
        {
            var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => lab.Clearance(request).RunAsync(new RecordingSink(), Stop));
            if (refusal.ErrorId != ErrorIds.UpkeepRefused || left == 0)
            {
                Assert.Equal(ErrorIds.AlarmRefused, refusal.ErrorId);
                Assert.EndsWith("Nothing was touched.", refusal.Message, StringComparison.Ordinal);
                return refusal;
            }

            await Task.Delay(100, Stop); // A member has just come back.
        }
    }
}
