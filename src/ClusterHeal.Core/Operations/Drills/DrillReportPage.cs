using System.Globalization;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Drills;

/// <summary>A drill as a report for <see cref="ReportFile"/>: phases and probes are the lanes of its timeline.</summary>
internal static class DrillReportPage
{
    private const string Phases = "drill";

    /// <summary>Makes it.</summary>
    public static Report Of(DrillReport drill) => new()
    {
        Title = $"Drill {drill.Drill}",
        Subject = drill.ClusterName,
        Started = drill.StartedAt,
        Ended = drill.StartedAt + drill.Duration,
        Verdict = drill.Verdict switch
        {
            DrillVerdict.AsExpected => CheckStatus.Pass,
            DrillVerdict.Inconclusive => CheckStatus.Unknown,
            DrillVerdict.EndedEarly => CheckStatus.Warning,
            _ => CheckStatus.Fail,
        },
        Summary = string.Join(' ', [$"{drill.Verdict}: {drill.Reason} ({drill.Injection}; operation {drill.OperationId})", .. drill.Kept]),
        Hypotheses =
        [
            .. drill.Hypotheses.Select(h => new ReportHypothesis(
                h.Statement, h.Status, $"{h.Expected} ({h.Basis})", h.Measured is { } measured ? Seconds(measured) : "", h.Message)),
        ],
        // A drill that did not do what it was for is none that passed, whatever was seen until then.
        Groups =
        [
            new ReportGroup("Drill", [new CheckResult
            {
                Name = $"{drill.Drill} drill",
                Target = drill.ClusterName,
                Status = drill.Verdict switch
                {
                    DrillVerdict.AsExpected => CheckStatus.Pass,
                    DrillVerdict.Inconclusive => CheckStatus.Unknown,
                    _ => CheckStatus.Fail,
                },
                Message = $"{drill.Verdict}: {drill.Reason}",
                Elapsed = drill.Duration,
            }]),
        ],
        Spans =
        [
            .. drill.Phases.Select(p => new ReportSpan(Phases, $"{p.Phase}", drill.StartedAt + p.At, drill.StartedAt + p.At + p.Duration)),
            .. drill.Observations.OrderBy(o => o.Probe, StringComparer.Ordinal).Select(o =>
                new ReportSpan(o.Probe, o.Value, drill.StartedAt + o.At, drill.StartedAt + o.Until)),
        ],
        Moments = [.. drill.Phases.Select(p => new ReportMoment(drill.StartedAt + p.At, $"{p.Phase} begins"))],
    };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
