namespace ClusterHeal.Operations;

/// <summary>The results of a health test for people: the worst first, and each cause only once.</summary>
public static class HealthSummary
{
    /// <summary>The name of the result that replaces those that could not be seen because of the root cause.</summary>
    public const string UnseenName = "Unseen";

    /// <summary>The results, the root cause and the worst first. Those that the cause hides become one result.</summary>
    /// <param name="results">The results of a test.</param>
    public static IReadOnlyList<CheckResult> WorstFirst(IReadOnlyList<CheckResult> results)
    {
        var hidden = results.Where(r => r.CausedBy is not null).ToArray();
        var shown = hidden.Length > 1 ? results.Where(r => r.CausedBy is null).Append(Unseen(hidden)) : results;
        return [.. shown.OrderBy(Rank)];
    }

    /// <summary>The verdict in one line: what failed, and what to do first.</summary>
    /// <param name="clusterName">The cluster.</param>
    /// <param name="isHealthy">Whether it is healthy.</param>
    /// <param name="results">The results, as they are shown.</param>
    public static string Verdict(string clusterName, bool isHealthy, IReadOnlyList<CheckResult> results)
    {
        var words = new (CheckStatus Status, string Word)[]
        {
            (CheckStatus.Fail, "failed"), (CheckStatus.Warning, "warn"), (CheckStatus.Unknown, "could not be seen"), (CheckStatus.Pass, "pass"),
        };
        var counts = words.Select(w => (w.Word, Count: results.Count(r => r.Status == w.Status))).Where(w => w.Count > 0);
        var first = isHealthy ? null : results.FirstOrDefault(r => r.Remedy is not null && r.Status != CheckStatus.Pass);
        return $"{clusterName} is {(isHealthy ? "well" : "not well")}: {string.Join(", ", counts.Select(c => $"{c.Count} {c.Word}"))}."
            + (first is null ? "" : $" First: {first.Remedy}");
    }

    private static int Rank(CheckResult result) => result.Status switch
    {
        _ when result.Name == RootCause.Name => 0,
        CheckStatus.Fail => 1,
        CheckStatus.Warning => 2,
        CheckStatus.Unknown => result.Name == ClusterHealthTest.ScopeName ? 4 : 3,
        _ => 5,
    };

    private static CheckResult Unseen(CheckResult[] hidden) => new()
    {
        Name = UnseenName,
        Area = string.Join(", ", hidden.Select(r => r.Area).Distinct()),
        Target = hidden[0].Target,
        Status = CheckStatus.Unknown,
        Message = $"{hidden.Length} checks could not be seen, because of the root cause.",
        Evidence = [.. hidden.Select(r => $"{r.Area}: {r.Name}")],
        Remedy = "Heal the root cause first, then test again.",
        CausedBy = RootCause.Name,
        ClusterName = hidden[0].ClusterName,
        CheckedAt = hidden[0].CheckedAt,
        Elapsed = TimeSpan.FromTicks(hidden.Sum(r => r.Elapsed.Ticks)),
    };
}
