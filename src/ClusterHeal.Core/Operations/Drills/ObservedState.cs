namespace ClusterHeal.Operations.Drills;

/// <summary>Whether the answer of a probe is good, for its colour in a report. The words are those of <see cref="Probes"/> and of the drills' own probes.</summary>
internal static class ObservedState
{
    /// <summary>The colour of an answer; null for what is neither good nor bad.</summary>
    public static CheckStatus? Of(string answer) => answer switch
    {
        ['?', ..] or "Unknown" => CheckStatus.Unknown,
        "ready" or "healthy" or "all run" or "all ready" or "there" or "Ready" or "Restored" or FullDatabase.Accepted or MemberLoss.NewVoter => CheckStatus.Pass,
        "not ready" or "not healthy" or "waiting for a node" or "free" or "expired" or "a learner" or "not the same everywhere" => CheckStatus.Warning,
        "refused" or "no answer" or "no" or "NotReady" or FullDatabase.Refused or "NOSPACE" or "CORRUPT" => CheckStatus.Fail,
        _ when Begins(answer, "Unknown,") => CheckStatus.Unknown,
        _ when Begins(answer, "held by ") || Begins(answer, "on ") => CheckStatus.Pass,
        _ when Begins(answer, "Ready,") => CheckStatus.Warning,
        _ when Begins(answer, "NotReady,") || answer.EndsWith("leader none", StringComparison.Ordinal) => CheckStatus.Fail,
        _ when Counted(Begins(answer, "yes, by ") ? answer["yes, by ".Length..] : answer) is { } isWhole => isWhole ? CheckStatus.Pass : CheckStatus.Warning,
        _ when answer.Contains("NotReady", StringComparison.Ordinal) || answer.Contains("Stopped", StringComparison.Ordinal) => CheckStatus.Fail,
        _ => null,
    };

    private static bool Begins(string answer, string with) => answer.StartsWith(with, StringComparison.Ordinal);

    // "3 of 3, leader 8e9e05c52164694d", "1 ready of 2, 1 new", "2 of 3 nodes": whether it is all of them; null for other words.
    private static bool? Counted(string answer)
    {
        var words = answer.Replace(",", "", StringComparison.Ordinal).Split(' ');
        var of = Array.IndexOf(words, "of");
        return of is 1 or 2 && of + 1 < words.Length && int.TryParse(words[0], out var some) && int.TryParse(words[of + 1], out var all) ? some == all : null;
    }
}
