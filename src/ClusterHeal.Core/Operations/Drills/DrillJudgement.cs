namespace ClusterHeal.Operations.Drills;

/// <summary>The verdict on a drill.</summary>
internal static class DrillJudgement
{
    /// <summary>Judges the whole drill.</summary>
    /// <param name="hypotheses">The judged hypotheses.</param>
    /// <param name="endedEarly">Why it ended early, or null.</param>
    /// <param name="notHealed">Why the cluster is not healthy, or null.</param>
    /// <returns>The verdict, and its reason in a sentence.</returns>
    public static (DrillVerdict Verdict, string Reason) Of(IReadOnlyList<DrillHypothesis> hypotheses, string? endedEarly, string? notHealed)
    {
        if (notHealed is not null) return (DrillVerdict.NotHealed, notHealed);
        if (endedEarly is not null) return (DrillVerdict.EndedEarly, endedEarly);
        var wrong = hypotheses.Where(h => h.Status == CheckStatus.Fail).ToArray();
        if (wrong.Length > 0) return (DrillVerdict.NotAsExpected, string.Join(' ', wrong.Select(h => $"{h.Statement} {h.Message}")));
        var unseen = hypotheses.Where(h => h.Status == CheckStatus.Unknown).ToArray();
        if (unseen.Length > 0) return (DrillVerdict.Inconclusive, $"These could not be seen: {string.Join(", ", unseen.Select(h => h.Name))}.");
        return (DrillVerdict.AsExpected, $"All {hypotheses.Count} expectations were met, and the cluster is well again.");
    }
}
