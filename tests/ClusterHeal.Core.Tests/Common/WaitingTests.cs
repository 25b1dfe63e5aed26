using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

/// <summary>Waiting for a state, by a clock that goes on by each pause at once.</summary>
public sealed class WaitingTests
{
    private readonly LeapingTime _time = new();
    private int _asked;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Waiting Waiting => new(_time, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3));

    [Fact]
    public async Task The_first_answer_that_is_waited_for_is_taken_without_a_pause()
    {
        Assert.Equal(1, await Waiting.UntilAsync(AskAsync, _ => true, Token));
        Assert.Equal(0, _time.GetTimestamp());
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    // Asked at 0, 3, 6, 9 and 12 seconds: the last one is over the time.
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    public async Task It_asks_until_the_answer_is_there_or_the_time_is_over(int wanted, int last) =>
        Assert.Equal(last, await Waiting.UntilAsync(AskAsync, answer => answer >= wanted, Token));

    [Fact]
    public async Task A_failure_that_may_pass_is_passed_over_until_the_time_is_over()
    {
        Assert.Equal(3, await Waiting.RetryAsync(stop => FailsUntilAsync(3, stop), e => e is TimeoutException, Token));
        _asked = 0;
        var last = await Assert.ThrowsAsync<TimeoutException>(() => Waiting.RetryAsync(stop => FailsUntilAsync(100, stop), e => e is TimeoutException, Token));
        Assert.Equal("5", last.Message);
    }

    [Fact]
    public async Task Another_failure_is_thrown_at_once()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Waiting.RetryAsync(stop => FailsUntilAsync(3, stop), e => e is IOException, Token));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_ends()
    {
        using var user = new CancellationTokenSource();
        var wait = new Waiting(TimeProvider.System, TimeSpan.FromHours(1), TimeSpan.FromHours(1)).UntilAsync(AskAsync, _ => false, user.Token);
        await user.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    private Task<int> AskAsync(CancellationToken cancellationToken) => Task.FromResult(++_asked);

    private Task<int> FailsUntilAsync(int number, CancellationToken cancellationToken) =>
        ++_asked >= number ? Task.FromResult(_asked) : throw new TimeoutException($"{_asked}");

    private sealed class LeapingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) _ticks += dueTime.Ticks;
            return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
