using ClusterHeal.Common;
using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>Flags in, expected times out; by arithmetic from the defaults and formulas of the real components.</summary>
public sealed class ClusterTimesTests
{
    [Theory]
    [InlineData("15s", 15d)]
    [InlineData("1m30s", 90d)]
    [InlineData("1.5h", 5400d)]
    [InlineData("500ms", 0.5)]
    [InlineData("0", 0d)]
    [InlineData("15", null)]
    [InlineData("", null)]
    [InlineData("15 s", null)]
    [InlineData("1d", null)]
    public void A_duration_is_read_as_Go_reads_it(string text, double? seconds) =>
        Assert.Equal(seconds, GoDuration.Parse(text)?.TotalSeconds);

    [Fact]
    public void Without_flags_the_defaults_hold()
    {
        var times = new ClusterTimes([]);
        // 15 s + 2 × 2.2 × 2 s, and 15 s + 2.2 × 2 s.
        Assert.Equal(23.8, times.Takeover(ClusterComponent.Scheduler).Latest.TotalSeconds, 3);
        Assert.Equal(19.4, times.Return(ClusterComponent.ControllerManager).Latest.TotalSeconds, 3);
        // The lease of 40 s is renewed each 10 s; 40 s of grace before 1.32 and 50 s since; looked at each 5 s.
        var unknown = times.NodeUnknown(TimeSpan.FromSeconds(40));
        Assert.Equal((30, 55), (unknown.Earliest.TotalSeconds, unknown.Latest.TotalSeconds));
        Assert.Equal(300, times.Toleration.Latest.TotalSeconds);
        Assert.Equal(4, times.NewLeader.Latest.TotalSeconds);
    }

    [Fact]
    public void Flags_count_where_they_are_given()
    {
        var times = new ClusterTimes(
        [
            Component(ClusterComponent.ApiServer, "--default-unreachable-toleration-seconds=5"),
            Component(ClusterComponent.ControllerManager, "--node-monitor-grace-period=16s", "--node-monitor-period=1s", "--leader-elect-lease-duration=1m"),
            Component(ClusterComponent.Scheduler, "--leader-elect-lease-duration=9s", "--leader-elect-retry-period", "1s"),
            Component(ClusterComponent.Etcd, "--election-timeout=2500"),
        ]);
        Assert.Equal(13.4, times.Takeover(ClusterComponent.Scheduler).Latest.TotalSeconds, 3);
        Assert.Equal(64.4, times.Return(ClusterComponent.ControllerManager).Latest.TotalSeconds, 3);
        var replaced = times.NodeUnknown(TimeSpan.FromSeconds(8)).Then(times.Toleration).With(TimeSpan.FromSeconds(2));
        Assert.Equal((17, 24), (replaced.Earliest.TotalSeconds, replaced.Latest.TotalSeconds));
        Assert.Equal(10, times.NewLeader.Latest.TotalSeconds);
    }

    private static ComponentStatus Component(ClusterComponent component, params string[] flags) => new()
    {
        HostName = "h", Component = component, State = ComponentState.Running, CommandLine = ["program", .. flags],
    };
}
