using System.Globalization;

namespace ClusterHeal.Operations.Drills;

/// <summary>Compares a hypothesis with what its probe saw. A pure function of the observations and the times of the phases.</summary>
internal static class HypothesisJudge
{
    /// <summary>Judges.</summary>
    /// <param name="hypothesis">The hypothesis.</param>
    /// <param name="observations">What all probes saw, in the order of time.</param>
    /// <param name="began">When the change began that has this effect: the injection, or the healing.</param>
    /// <param name="done">When that change was finished.</param>
    /// <param name="now">The time now, or the end of the phase.</param>
    /// <returns>The judged hypothesis; still Unknown if it is too early, or nothing could be seen.</returns>
    public static DrillHypothesis Judge(
        Hypothesis hypothesis, IReadOnlyList<DrillObservation> observations, TimeSpan began, TimeSpan done, TimeSpan now)
    {
        var text = hypothesis.Text;
        var (change, after) = text.Phase == DrillPhase.Recovery ? (DrillPhase.Healing, text.Phase) : (DrillPhase.Injection, DrillPhase.Observation);
        var seen = observations.Where(o =>
            o.Probe == text.Probe && (text.Stays ? o.Phase == text.Phase : o.Phase == change || o.Phase == after) && !o.Value.StartsWith('?')).ToArray();
        return text.Stays ? JudgeStaying(hypothesis, seen, done, now) : JudgeBecoming(hypothesis, seen, began, done, now);
    }

    private static DrillHypothesis JudgeStaying(Hypothesis hypothesis, DrillObservation[] seen, TimeSpan done, TimeSpan now)
    {
        var text = hypothesis.Text;
        if (seen.FirstOrDefault(o => !hypothesis.Holds(o.Value)) is { } broken)
        {
            var after = broken.At - done;
            return text with { Status = CheckStatus.Fail, Measured = after, Message = $"It ceased to hold after {Seconds(after)}: {broken.Value}." };
        }

        if (now - done < text.Latest) return text;
        if (seen is not [.., var last]) return text with { Message = "Nothing was seen: the probe had no answer." };
        var (held, whole) = (last.Until - done, now - done);
        // A probe may be slow. If it had no answer for most of the time, it has not seen that the hypothesis held.
        return held >= whole / 2
            ? text with { Status = CheckStatus.Pass, Message = $"It held for {Seconds(held)}: {last.Value}." }
            : text with { Message = $"It was seen for {Seconds(held)} of {Seconds(whole)} only, which proves nothing: {last.Value}." };
    }

    private static DrillHypothesis JudgeBecoming(
        Hypothesis hypothesis, DrillObservation[] seen, TimeSpan began, TimeSpan done, TimeSpan now)
    {
        var text = hypothesis.Text;
        if (seen.FirstOrDefault(o => hypothesis.Holds(o.Value)) is { } first)
        {
            // The time of a slow injection or healing is not the effect's: an effect is late only counted from its end. The judgement uses the same
            // time as the report.
            var after = first.At - began;
            if (after < text.Earliest)
                return text with { Status = CheckStatus.Fail, Measured = after, Message = $"Too early: after {Seconds(after)}: {first.Value}." };
            if (after <= text.Latest)
                return text with { Status = CheckStatus.Pass, Measured = after, Message = $"Seen after {Seconds(after)}: {first.Value}." };
            var sinceDone = first.At > done ? first.At - done : TimeSpan.Zero;
            var said = first.At > done ? $"{Seconds(sinceDone)} after it was done" : "before it was done";
            return sinceDone > text.Latest
                ? text with { Status = CheckStatus.Fail, Measured = sinceDone, Message = $"Too late: {said}, {Seconds(after)} after it began: {first.Value}." }
                : text with { Status = CheckStatus.Pass, Measured = sinceDone, Message = $"Seen {said}, {Seconds(after)} after it began: {first.Value}." };
        }

        if (now - done < text.Latest) return text;
        return seen is [.., var last]
            ? text with { Status = CheckStatus.Fail, Message = $"It did not come about; last seen: {last.Value}." }
            : text with { Message = "Nothing was seen: the probe had no answer." };
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
