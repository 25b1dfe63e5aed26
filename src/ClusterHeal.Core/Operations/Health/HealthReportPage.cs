using ClusterHeal.Reports;

namespace ClusterHeal.Operations;

/// <summary>Results of checks as a report: of a health test, or of any other checks.</summary>
internal static class HealthReportPage
{
    /// <summary>Makes it from the results of one test.</summary>
    /// <param name="results">The results.</param>
    /// <param name="subject">What was tested.</param>
    /// <param name="isHealthy">Whether nothing that was asked for is bad.</param>
    /// <param name="started">When the test began.</param>
    /// <param name="ended">When it ended.</param>
    public static Report Of(IReadOnlyList<CheckResult> results, string subject, bool isHealthy, DateTimeOffset started, DateTimeOffset ended)
    {
        int Count(CheckStatus status) => results.Count(r => r.Status == status);
        return new Report
        {
            Title = "Health",
            Subject = subject,
            Started = started,
            Ended = ended,
            Verdict = !isHealthy ? Count(CheckStatus.Fail) > 0 ? CheckStatus.Fail : CheckStatus.Unknown
                : Count(CheckStatus.Warning) > 0 ? CheckStatus.Warning : CheckStatus.Pass,
            Summary = $"{Count(CheckStatus.Fail)} failed, {Count(CheckStatus.Warning)} warn, "
                + $"{Count(CheckStatus.Unknown)} could not be seen, {Count(CheckStatus.Pass)} pass.",
            Groups = [.. results.GroupBy(r => r.Area).Select(g => new ReportGroup(g.Key, [.. g]))],
        };
    }

    /// <summary>Makes it from results that came one by one. A source that was not given counts as bad only if nothing else was asked for.</summary>
    /// <param name="results">The results, at least one.</param>
    /// <param name="now">The time, for results without one.</param>
    public static Report Of(IReadOnlyList<CheckResult> results, DateTimeOffset now)
    {
        var times = results.Select(r => r.CheckedAt ?? now).ToArray();
        var targets = results.Select(r => r.ClusterName ?? r.Target).Distinct().ToArray();
        var seen = results.Where(r => r.Name != ClusterHealthTest.ScopeName).ToArray();
        var isHealthy = seen.Length > 0 && seen.All(r => r.Status is CheckStatus.Pass or CheckStatus.Warning);
        var ended = times.Max();
        // Facts are gathered before the first check judges them, so the test took at least this long.
        return Of(results, string.Join(", ", targets), isHealthy, ended - TimeSpan.FromTicks(results.Sum(r => r.Elapsed.Ticks)), ended);
    }
}
