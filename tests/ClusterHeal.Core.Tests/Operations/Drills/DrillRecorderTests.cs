using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What the recorder says to the guards.</summary>
public sealed class DrillRecorderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_that_gets_no_answer_breaks_every_guard()
    {
        var guards = DrillContext.Guards(new ClusterTimes([]), watchesHosts: true, quorum: 2);
        Assert.Equal(3, guards.Count);
        string[] good = ["yes, by 2 of 2 nodes", "2 of 3", "all run"];
        Assert.All(guards.Zip(good), pair => Assert.False(pair.First.IsBroken(pair.Second)));
        Exception[] failures =
        [
            new ClusterHealException(ErrorIds.SshTimeout, FaultCategory.Timeout, "no"), new OperationCanceledException(), new InvalidOperationException(),
        ];
        foreach (var failure in failures)
        {
            Probe[] probes = [.. guards.Select(guard => new Probe(guard.Probe, _ => throw failure))];
            await using var recorder = new DrillRecorder(probes, TimeSpan.FromHours(1), TimeProvider.System);
            recorder.Enter(DrillPhase.Observation);
            recorder.Start();
            while (recorder.Observations.Count < guards.Count) await Task.Delay(10, Stop);
            Assert.All(guards, guard => Assert.NotNull(recorder.Lasting(guard.Probe, guard.IsBroken)));
        }
    }

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
