using ClusterHeal.Tests.Etcd.Snapshots;
using Etcdserverpb;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>Real members are defragmented one after another; sizes and leaders are those that etcdctl tells.</summary>
public sealed class MemberOptimizationTests
{
    private const int FreePages = 4 * UpkeepLab.Mebi;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3.4")]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task Followers_come_first_and_the_leader_last_after_it_has_handed_over(string release)
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options(release, members: 3));
        await lab.MakeFreePagesAsync(FreePages);
        var before = await lab.StatusAsync();
        var leader = before[0].Leader;

        // A no touches nothing, and shows the plan.
        var no = new RecordingSink { Answer = false };
        await lab.Optimization().RunAsync(no, Stop);
        var plan = Assert.IsType<EtcdDefragmentationPlan>(Assert.Single(no.Records));
        Assert.Equal(leader, plan.Members[^1].Id);
        Assert.Contains(plan.Steps, step => step.StartsWith("Hand the leadership over", StringComparison.Ordinal));
        Assert.Equal(before.Select(member => member.Size), (await lab.StatusAsync()).Select(member => member.Size));

        var sink = new RecordingSink();
        await lab.Optimization().RunAsync(sink, Stop);
        Assert.Empty(sink.Faults);
        var results = sink.Records.Cast<EtcdDefragmentation>().ToArray();
        Assert.Equal(plan.Members.Select(member => member.Id), results.Select(result => result.MemberId));
        var after = await lab.StatusAsync();
        Assert.All(after, member => Assert.NotEqual(leader, member.Leader));
        Assert.All(results, result =>
        {
            Assert.Equal(before.First(member => member.Id == result.MemberId).Size, result.DbSizeBefore);
            Assert.Equal(after.First(member => member.Id == result.MemberId).Size, result.DbSize);
            Assert.InRange(result.Freed, FreePages / 2, long.MaxValue);
            Assert.InRange(result.Duration, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        });

        // One alone, by its name.
        var one = new RecordingSink();
        await lab.Optimization(members: "m2").RunAsync(one, Stop);
        Assert.Equal("m2", Assert.IsType<EtcdDefragmentation>(Assert.Single(one.Records)).MemberName);
    }

    [Fact]
    public async Task Nothing_is_touched_while_a_member_is_down_or_data_may_be_wrong()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        await lab.MakeFreePagesAsync(UpkeepLab.Mebi);
        await lab.RaiseAsync(AlarmType.Corrupt);
        var sizes = (await lab.StatusAsync()).Select(member => member.Size).ToArray();
        Assert.Contains("CORRUPT is raised", await RefusalAsync(), StringComparison.Ordinal);
        await lab.CtlAsync("alarm", "disarm");

        await lab.Etcd.Members[1].StopAsync(Stop);
        Assert.Contains("The member 'm2' does not serve", await RefusalAsync(), StringComparison.Ordinal);
        await lab.Etcd.Members[1].StartAsync(Stop);
        // A file may grow by a page by itself; only a defragmentation makes it smaller.
        Assert.All(sizes.Zip((await lab.StatusAsync()).Select(member => member.Size)), pair => Assert.True(pair.Second >= pair.First, $"{pair}"));

        async Task<string> RefusalAsync()
        {
            var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => lab.Optimization().RunAsync(new RecordingSink(), Stop));
            Assert.Equal(ErrorIds.UpkeepRefused, refusal.ErrorId);
            return refusal.Message;
        }
    }

    [Fact]
    public async Task One_that_outlasts_its_deadline_has_an_end_and_the_same_command_continues()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        await lab.MakeFreePagesAsync(FreePages);
        var slow = (await lab.StatusAsync()).Select((member, index) => (member.Id, member.Leader, index)).Where(member => member.Id != member.Leader).Select(member => lab.Etcd.Members[member.index]).Last();
        var sink = new RecordingSink
        {
            OnProgress = report =>
            {
                if (report.Activity == $"Defragmentation of '{slow.Name}'" && !report.Completed) slow.Freeze();
            },
        };
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => lab.Optimization(TimeSpan.FromSeconds(1)).RunAsync(sink, Stop));
        slow.Thaw();
        Assert.Equal(ErrorIds.DefragmentationGoesOn, fault.ErrorId);
        Assert.Contains($"The member '{slow.Name}' is not done with its defragmentation after 1 seconds", fault.Message, StringComparison.Ordinal);
        // The follower before it is done, and the leader was not touched.
        Assert.NotEqual(slow.Name, Assert.IsType<EtcdDefragmentation>(Assert.Single(sink.Records)).MemberName);

        await slow.WaitUntilReadyAsync(Stop);
        var again = new RecordingSink();
        await EventuallyAsync(() => lab.Optimization().RunAsync(again, Stop));
        Assert.Equal(3, again.Records.Count);
        Assert.All(await lab.StatusAsync(), member => Assert.InRange(member.Size, 1, FreePages / 2));
    }

    [Fact]
    public async Task A_member_that_is_restarted_in_the_middle_is_told_and_its_data_are_as_before()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        await lab.MakeFreePagesAsync(FreePages);
        var restarted = lab.Etcd.Members[1];
        Task? start = null;
        var sink = new RecordingSink
        {
            OnProgress = report =>
            {
                if (report.Activity != $"Defragmentation of '{restarted.Name}'" || report.Completed) return;
                restarted.KillAsync().Wait(Stop);
                start = restarted.StartAsync(Stop);
            },
        };
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => lab.Optimization(members: restarted.Name).RunAsync(sink, Stop));
        await start!;
        Assert.Equal(ErrorIds.DefragmentationFailed, fault.ErrorId);
        Assert.Contains("The member serves again", fault.Message, StringComparison.Ordinal);
        Assert.Empty(sink.Records);
    }

    /// <summary>For what is refused while a member comes back.</summary>
    private static async Task EventuallyAsync(Func<Task> run)
    {
        for (var left = 600; ; left--)
        {
            try
            {
                await run();
                return;
            }
            catch (ClusterHealException e) when (e.ErrorId == ErrorIds.UpkeepRefused && left > 0)
            {
                await Task.Delay(100, Stop);
            }
        }
    }
}
