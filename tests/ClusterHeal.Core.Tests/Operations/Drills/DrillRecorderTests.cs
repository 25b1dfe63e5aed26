using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What the recorder says to the guards.</summary>
public sealed class DrillRecorderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_down_while_it_was_being_changed_trips_no_guard_afterwards()
    {
        var asked = 0;
        var probe = new Probe("probe", async stop =>
        {
            // It answers once.
            if (++asked > 1) await Task.Delay(Timeout.Infinite, stop);
            return "down";
        });
        await using var recorder = new DrillRecorder([probe], TimeSpan.Zero, TimeProvider.System);
        recorder.Enter(DrillPhase.Injection);
        recorder.Start();
        while (asked < 2) await Task.Delay(10, Stop);
        Assert.NotNull(recorder.Lasting("probe", value => value == "down"));

        recorder.Enter(DrillPhase.Observation);

        Assert.Null(recorder.Lasting("probe", value => value == "down"));
    }
}
