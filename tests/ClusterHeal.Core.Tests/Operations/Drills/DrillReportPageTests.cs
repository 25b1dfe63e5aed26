using System.Xml.Linq;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What a pipeline makes of a drill.</summary>
public sealed class DrillReportPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DrillVerdict.AsExpected, 0)]
    [InlineData(DrillVerdict.Inconclusive, 0)]
    [InlineData(DrillVerdict.EndedEarly, 1)] // Its user stopped it, and nothing that was expected had been refuted.
    [InlineData(DrillVerdict.NotHealed, 1)]
    [InlineData(DrillVerdict.NotAsExpected, 1)]
    public async Task A_drill_that_did_not_do_what_it_was_for_fails_in_JUnit(DrillVerdict verdict, int failures)
    {
        var stop = TestContext.Current.CancellationToken;
        var drill = Drill(verdict);
        var path = _folder.File("report.xml");
        await ReportFiles.At([path]).WriteAsync(DrillReportPage.Of(drill), stop);
        var suites = XDocument.Parse(await File.ReadAllTextAsync(path, stop)).Descendants("testsuite");
        Assert.Equal(failures, suites.Sum(s => (int)s.Attribute("failures")!));
    }

    [Fact]
    public void A_state_that_outlasts_a_phase_is_one_bar_and_what_is_broken_has_a_lane()
    {
        static TimeSpan At(int second) => TimeSpan.FromSeconds(second);
        static DrillObservation Saw(DrillPhase phase, string value, int from, int to) =>
            new() { Phase = phase, Probe = "API server kubem00", Value = value, At = At(from), Until = At(to) };
        var report = DrillReportPage.Of(Drill(DrillVerdict.AsExpected) with
        {
            Phases = [new(DrillPhase.Injection, At(1), At(2)), new(DrillPhase.Observation, At(3), At(3)), new(DrillPhase.Healing, At(6), At(1)), new(DrillPhase.Recovery, At(7), At(2))],
            BrokenFor = At(6),
            Observations =
            [
                Saw(DrillPhase.Injection, "ready", 1, 1), Saw(DrillPhase.Injection, "refused", 2, 3), Saw(DrillPhase.Observation, "refused", 3, 6), Saw(DrillPhase.Recovery, "ready", 8, 9),
            ],
        });
        var start = DateTimeOffset.UnixEpoch;
        Assert.Equal(
            [
                new ReportSpan("broken", "Stop it.", start + At(1), start + At(7), CheckStatus.Fail),
                new ReportSpan("API server kubem00", "ready", start + At(1), start + At(1), CheckStatus.Pass),
                new ReportSpan("API server kubem00", "refused", start + At(2), start + At(6), CheckStatus.Fail),
                new ReportSpan("API server kubem00", "ready", start + At(8), start + At(9), CheckStatus.Pass),
            ],
            report.Spans.Where(s => s.Lane != "drill"));
    }

    // The answers that Probes.cs and ServingProbe.cs give.
    [Theory]
    [InlineData("ready", CheckStatus.Pass)]
    [InlineData("not ready", CheckStatus.Warning)]
    [InlineData("refused", CheckStatus.Fail)]
    [InlineData("? etcd", CheckStatus.Unknown)]
    [InlineData("3", null)]
    [InlineData("healthy", CheckStatus.Pass)]
    [InlineData("not healthy", CheckStatus.Warning)]
    [InlineData("no answer", CheckStatus.Fail)]
    [InlineData("3 of 3, leader 8e9e05c52164694d", CheckStatus.Pass)]
    [InlineData("2 of 3, leader 8e9e05c52164694d", CheckStatus.Warning)]
    [InlineData("1 of 3, leader none", CheckStatus.Fail)]
    [InlineData("all run", CheckStatus.Pass)]
    [InlineData("Scheduler on kubem00 Stopped", CheckStatus.Fail)]
    [InlineData("held by kubem00", CheckStatus.Pass)]
    [InlineData("free", CheckStatus.Warning)]
    [InlineData("expired", CheckStatus.Warning)]
    [InlineData("absent", null)]
    [InlineData("waiting for a node", CheckStatus.Warning)]
    [InlineData("on kubew01", CheckStatus.Pass)]
    [InlineData("2 ready of 2", CheckStatus.Pass)]
    [InlineData("1 ready of 2, 1 new", CheckStatus.Warning)]
    [InlineData("1 here, 0 ending, 2 ready elsewhere", null)]
    [InlineData("kubew01 NotReady, kubew02 Unknown", CheckStatus.Fail)]
    [InlineData("Ready", CheckStatus.Pass)]
    [InlineData("Ready, cordoned", CheckStatus.Warning)]
    [InlineData("NotReady", CheckStatus.Fail)]
    [InlineData("Unknown", CheckStatus.Unknown)]
    [InlineData("Unknown, cordoned", CheckStatus.Unknown)]
    [InlineData("yes, by 2 of 2 nodes", CheckStatus.Pass)]
    [InlineData("yes, by 1 of 2 nodes", CheckStatus.Warning)]
    [InlineData("no", CheckStatus.Fail)]
    [InlineData("accepted", CheckStatus.Pass)]
    [InlineData("NOSPACE", CheckStatus.Fail)]
    [InlineData("a learner", CheckStatus.Warning)]
    [InlineData("a new voter", CheckStatus.Pass)]
    public void A_state_has_a_colour(string answer, CheckStatus? colour) => Assert.Equal(colour, ObservedState.Of(answer));

    private static DrillReport Drill(DrillVerdict verdict) => new()
    {
        Drill = DrillName.Scheduler,
        OperationId = "id",
        ClusterName = "prod",
        TargetName = ["kubem00"],
        Injection = "Stop it.",
        Verdict = verdict,
        Reason = "It was stopped by the user.",
        Hypotheses = [],
        Observations = [],
        Phases = [],
        StartedAt = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.FromSeconds(9),
    };
}
