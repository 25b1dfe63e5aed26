using ClusterHeal.Cmdlets;

namespace ClusterHeal.Tests.Cmdlets;

public sealed class ProgressThrottleTests
{
    private readonly ManualTime _time = new();
    private readonly ProgressThrottle _throttle;

    public ProgressThrottleTests() => _throttle = new ProgressThrottle(_time);

    [Fact]
    public void Of_a_thousand_reports_in_a_second_five_are_shown()
    {
        var shown = 0;
        for (var i = 0; i < 1000; i++)
        {
            if (_throttle.TryShow(Report("Saving")) is not null) shown++;
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(5, shown);
    }

    [Fact]
    public void Each_activity_has_its_own_bar_and_its_own_pace()
    {
        var saving = _throttle.TryShow(Report("Saving"));
        var testing = _throttle.TryShow(Report("Testing"));
        Assert.NotNull(saving);
        Assert.NotNull(testing);
        Assert.NotEqual(saving, testing);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(saving, _throttle.TryShow(Report("Saving")));
    }

    [Fact]
    public void The_last_report_is_shown_at_once_and_only_once()
    {
        var id = _throttle.TryShow(Report("Saving"));
        Assert.Equal(id, _throttle.TryShow(Report("Saving") with { Completed = true }));
        Assert.Null(_throttle.TryShow(Report("Saving") with { Completed = true }));
        Assert.Empty(_throttle.TakeUnfinished());
    }

    [Fact]
    public void An_activity_that_was_never_shown_needs_no_end()
    {
        Assert.Null(_throttle.TryShow(Report("Saving") with { Completed = true }));
    }

    [Fact]
    public void What_was_shown_and_not_ended_is_owed_once()
    {
        var id = _throttle.TryShow(Report("Saving"));
        var (progress, owedId) = Assert.Single(_throttle.TakeUnfinished());
        Assert.Equal((id, true, "Saving"), (owedId, progress.Completed, progress.Activity));
        Assert.Empty(_throttle.TakeUnfinished());
    }

    private static OperationProgress Report(string activity) => new(activity, "…");

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
