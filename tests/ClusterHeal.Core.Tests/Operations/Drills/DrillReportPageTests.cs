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
        var drill = new DrillReport
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
        var path = _folder.File("report.xml");
        await ReportFile.At(path).WriteAsync(DrillReportPage.Of(drill), stop);
        var suites = XDocument.Parse(await File.ReadAllTextAsync(path, stop)).Descendants("testsuite");
        Assert.Equal(failures, suites.Sum(s => (int)s.Attribute("failures")!));
    }
}
