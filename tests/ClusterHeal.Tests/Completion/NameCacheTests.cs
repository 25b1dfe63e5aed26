using ClusterHeal.Completion;

namespace ClusterHeal.Tests.Completion;

/// <summary>What Tab has for names of nodes while the first answer is slow, or a failure.</summary>
public sealed class NameCacheTests
{
    private static readonly IReadOnlyList<string> Names = ["kubew01"];

    [Fact]
    public void A_slow_first_answer_is_there_for_a_later_Tab()
    {
        var answer = new TaskCompletionSource<IReadOnlyList<string>>();
        var asked = 0;
        var cache = new NameCache(
            _ =>
            {
                Interlocked.Increment(ref asked);
                return answer.Task;
            },
            TimeProvider.System);
        Assert.Empty(cache.Names());
        Assert.Empty(cache.Names());
        answer.SetResult(Names);
        SpinWait.SpinUntil(() => cache.Names().Count > 0, TimeSpan.FromSeconds(60));
        Assert.Equal(Names, cache.Names());
        Assert.Equal(1, asked);
    }

    [Fact]
    public void An_old_answer_is_not_offered_while_a_new_one_is_awaited()
    {
        var clock = new Clock();
        var second = new TaskCompletionSource<IReadOnlyList<string>>();
        var asked = 0;
        var cache = new NameCache(_ => Interlocked.Increment(ref asked) == 1 ? Task.FromResult(Names) : second.Task, clock);
        SpinWait.SpinUntil(() => cache.Names().Count > 0, TimeSpan.FromSeconds(60));
        Assert.Equal(Names, cache.Names());
        Assert.Equal(1, asked);
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.Empty(cache.Names());
        Assert.Equal(2, asked);
        second.SetResult(["kubew02"]);
        SpinWait.SpinUntil(() => cache.Names().Count > 0, TimeSpan.FromSeconds(60));
        Assert.Equal(["kubew02"], cache.Names());
    }

    [Fact]
    public void After_a_failure_the_next_Tab_asks_again()
    {
        var asked = 0;
        var cache = new NameCache(
            _ => Interlocked.Increment(ref asked) == 1
                ? throw new ClusterHealException(ErrorIds.ConnectionRefused, FaultCategory.Connection, "It refused.")
                : Task.FromResult(Names),
            TimeProvider.System);
        SpinWait.SpinUntil(() => cache.Names().Count > 0, TimeSpan.FromSeconds(60));
        Assert.Equal(Names, cache.Names());
        Assert.Equal(2, asked);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
