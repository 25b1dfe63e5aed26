using System.Globalization;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Drills;

/// <summary>A drill as a report for <see cref="ReportFiles"/>: phases and probes are the lanes of its timeline.</summary>
internal static class DrillReportPage
{
    private const string Phases = "drill";
    private const string Broken = "broken";

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
        // A drill that did not do its task did not pass, whatever was seen until then.
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
            .. Injected(drill),
            .. drill.Observations.GroupBy(o => o.Probe).OrderBy(o => o.Key, StringComparer.Ordinal).SelectMany(probe => States(drill, [.. probe])),
        ],
        Moments = [.. drill.Phases.Select(p => new ReportMoment(drill.StartedAt + p.At, $"{p.Phase} begins"))],
    };

    private static IEnumerable<ReportSpan> Injected(DrillReport drill)
    {
        var from = drill.Phases.FirstOrDefault(p => p.Phase == DrillPhase.Injection);
        if (from is not null && drill.BrokenFor > TimeSpan.Zero)
            yield return new ReportSpan(Broken, drill.Injection, drill.StartedAt + from.At, drill.StartedAt + from.At + drill.BrokenFor, CheckStatus.Fail);
    }

    // Observations end with the phase. A state that continues in the next phase is one bar.
    private static List<ReportSpan> States(DrillReport drill, DrillObservation[] observations)
    {
        var spans = new List<ReportSpan>();
        foreach (var seen in observations)
        {
            var span = new ReportSpan(seen.Probe, seen.Value, drill.StartedAt + seen.At, drill.StartedAt + seen.Until, ObservedState.Of(seen.Value));
            if (spans.Count > 0 && spans[^1].Text == seen.Value) spans[^1] = spans[^1] with { To = span.To };
            else spans.Add(span);
        }

        return spans;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
