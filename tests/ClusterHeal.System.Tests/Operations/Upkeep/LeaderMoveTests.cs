using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Tests.Etcd.Snapshots;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>The leadership moves from one real member to another, as etcdctl sees it.</summary>
public sealed class LeaderMoveTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3.4")]
    [InlineData("3.5")]
    [InlineData("3.6")]
    public async Task It_moves_to_the_best_follower_and_to_the_one_that_is_named(string release)
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options(release, members: 3));
        var before = (await lab.StatusAsync())[0].Leader;
        var move = await MoveAsync(lab, to: null);
        Assert.True(move.IsMoved);
        Assert.Equal(before, move.FromId);
        Assert.All(await lab.StatusAsync(), member => Assert.Equal(move.ToId, member.Leader));

        Assert.Equal(before, (await MoveAsync(lab, move.From)).ToId);
        Assert.All(await lab.StatusAsync(), member => Assert.Equal(before, member.Leader));
        var third = (await lab.StatusAsync()).First(member => member.Id != before && member.Id != move.ToId).Id;
        Assert.Equal(third, (await MoveAsync(lab, "0" + third.ToUpperInvariant())).ToId);
        Assert.All(await lab.StatusAsync(), member => Assert.Equal(third, member.Leader));

        var again = await MoveAsync(lab, third);
        Assert.Equal((false, third, third), (again.IsMoved, again.FromId, again.ToId));
        Assert.Contains("has no member 'm9'", (await Assert.ThrowsAsync<ClusterHealException>(() => MoveAsync(lab, "m9"))).Message, StringComparison.Ordinal);

        // A no moves nothing.
        var sink = new RecordingSink { Answer = false };
        await new LeaderMove(lab.Connection, "practice", null, TimeProvider.System).RunAsync(sink, Stop);
        Assert.Empty(sink.Records);
        Assert.Contains("Hand the leadership over from", Assert.Single(sink.Questions), StringComparison.Ordinal);
        Assert.All(await lab.StatusAsync(), member => Assert.Equal(third, member.Leader));
    }

    [Fact]
    public async Task A_member_that_is_down_is_refused_and_never_the_best()
    {
        await using var lab = await UpkeepLab.StartAsync(RestoredEtcd.Options("3.5", members: 3));
        var leader = (await lab.StatusAsync())[0].Leader;
        var down = lab.Etcd.Members[Array.FindIndex([.. await lab.StatusAsync()], member => member.Id != leader)];
        await down.StopAsync(Stop);
        var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => MoveAsync(lab, down.Name));
        Assert.Equal(ErrorIds.UpkeepRefused, refusal.ErrorId);
        Assert.Contains($"'{down.Name}' does not serve", refusal.Message, StringComparison.Ordinal);
        var move = await MoveAsync(lab, to: null);
        Assert.NotEqual(down.Name, move.To);
    }

    private static async Task<EtcdLeaderMove> MoveAsync(UpkeepLab lab, string? to)
    {
        var sink = new RecordingSink();
        await new LeaderMove(lab.Connection, "practice", to, TimeProvider.System).RunAsync(sink, Stop);
        return Assert.IsType<EtcdLeaderMove>(Assert.Single(sink.Records));
    }
}
