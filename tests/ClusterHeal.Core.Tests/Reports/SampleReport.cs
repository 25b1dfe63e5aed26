using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Reports;

/// <summary>A report that has one of everything.</summary>
internal static class SampleReport
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 22, 16, 15, 23, TimeSpan.FromHours(1));

    public static Report Make(string text = "kube-scheduler") => new()
    {
        Title = "Drill Scheduler",
        Subject = $"prod {text}",
        Started = Start,
        Ended = Start.AddSeconds(94.5),
        Verdict = CheckStatus.Fail,
        Summary = $"Two of three hypotheses held. {text}",
        Groups =
        [
            new ReportGroup($"Nodes {text}", [Check(CheckStatus.Pass, text), Check(CheckStatus.Warning, text)]),
            new ReportGroup("Pods", [Check(CheckStatus.Fail, text), Check(CheckStatus.Unknown, text)]),
            new ReportGroup("Nothing", []),
        ],
        Hypotheses =
        [
            new ReportHypothesis($"New pods stay Pending {text}", CheckStatus.Pass, "while it is down", "31.2 s", text),
            new ReportHypothesis("They are scheduled after its return", CheckStatus.Fail, "at most 20 s", ""),
        ],
        Spans =
        [
            new ReportSpan("kube-scheduler", "stopped", Start.AddSeconds(10), Start.AddSeconds(61), CheckStatus.Fail),
            new ReportSpan($"canary {text}", "serves", Start, Start.AddSeconds(94), CheckStatus.Pass),
            new ReportSpan("phase", text, Start.AddSeconds(-5), Start.AddSeconds(200)),
        ],
        Moments =
        [
            new ReportMoment(Start.AddSeconds(10), $"stopped {text}", CheckStatus.Warning),
            new ReportMoment(Start.AddSeconds(61), "healed", CheckStatus.Pass),
            new ReportMoment(Start.AddSeconds(62.5), "the lease has a new holder"),
        ],
    };

    private static CheckResult Check(CheckStatus status, string text) => new()
    {
        Name = $"Lease{status}",
        Target = text,
        Status = status,
        Message = $"It is {status}: {text}",
        Evidence = ["renewed 3 s ago", text],
        Remedy = status == CheckStatus.Pass ? null : $"Look at {text}",
        Elapsed = TimeSpan.FromMilliseconds(12.5),
    };
}
