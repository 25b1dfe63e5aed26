using System.Globalization;

namespace ClusterHeal.Operations.Drills;

/// <summary>Watches a phase of a drill until all its expectations are decided, or a guard trips.</summary>
/// <param name="script">The drill.</param>
/// <param name="recorder">What its probes see.</param>
/// <param name="sink">Takes the progress.</param>
/// <param name="time">The clock.</param>
internal sealed class DrillWatch(DrillScript script, DrillRecorder recorder, IOperationSink sink, TimeProvider time)
{
    /// <summary>The pause between two checks of what the probes have seen.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Watches a phase.</summary>
    /// <param name="phase">The current phase: <see cref="DrillPhase.Observation"/> or <see cref="DrillPhase.Recovery"/>.</param>
    /// <param name="activity">The drill's name in the progress.</param>
    /// <param name="cancellationToken">The user's. It ends the watch as a guard does.</param>
    /// <returns>Why it ended early, or null.</returns>
    public async Task<string?> WatchAsync(DrillPhase phase, string activity, CancellationToken cancellationToken)
    {
        var began = recorder.Began(phase);
        while (true)
        {
            var broken = script.Guards.FirstOrDefault(g => recorder.Lasting(g.Probe, g.IsBroken) > g.Patience);
            if (broken is not null)
            {
                var last = recorder.Observations.Last(o => o.Probe == broken.Probe).Value;
                return $"A guard tripped: {broken.Rule} Seen: {last}.";
            }

            if (script.Hypotheses.Where(h => h.Text.Phase == phase).All(h => IsDecided(h, began))) return null;
            sink.Progress(new OperationProgress(activity, string.Create(CultureInfo.InvariantCulture, $"{phase}, {(recorder.Now - began).TotalSeconds:0} s")));
            await Task.Delay(Look, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return StoppedByUser;
        }
    }

    /// <summary>Why a drill that the user stopped ended.</summary>
    public const string StoppedByUser = "It was stopped by the user.";

    /// <summary>Judges the expectations of a phase by what was seen.</summary>
    public IReadOnlyList<DrillHypothesis> Judge(DrillPhase phase) => [.. script.Hypotheses.Where(h => h.Text.Phase == phase).Select(Judge)];

    private bool IsDecided(Hypothesis hypothesis, TimeSpan began) =>
        recorder.Now - began >= hypothesis.Text.Latest || Judge(hypothesis).Status != CheckStatus.Unknown;

    private DrillHypothesis Judge(Hypothesis hypothesis)
    {
        var change = hypothesis.Text.Phase == DrillPhase.Recovery ? DrillPhase.Healing : DrillPhase.Injection;
        return HypothesisJudge.Judge(hypothesis, recorder.Observations, recorder.Began(change), recorder.Began(hypothesis.Text.Phase), recorder.Now);
    }
}
