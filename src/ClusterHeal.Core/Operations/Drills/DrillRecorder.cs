namespace ClusterHeal.Operations.Drills;

/// <summary>Asks all probes of a drill until it is stopped, and keeps their answers with the times.</summary>
/// <param name="probes">The probes.</param>
/// <param name="pause">The pause between an answer and the next question.</param>
/// <param name="time">The clock.</param>
internal sealed class DrillRecorder(IReadOnlyList<Probe> probes, TimeSpan pause, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LongestAsk = TimeSpan.FromSeconds(15);

    private readonly object _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly List<DrillObservation> _observations = [];
    private readonly Dictionary<string, int> _last = [];
    private readonly List<DrillPhaseTime> _phases = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;

    /// <summary>The time since the drill began.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Everything that was seen so far, in the order of time.</summary>
    public IReadOnlyList<DrillObservation> Observations
    {
        get
        {
            lock (_lock) return [.. _observations];
        }
    }

    /// <summary>The phases so far. The last one is the current one.</summary>
    public IReadOnlyList<DrillPhaseTime> Phases
    {
        get
        {
            lock (_lock) return [.. _phases.Take(_phases.Count - 1), .. _phases.TakeLast(1).Select(p => p with { Duration = Now - p.At })];
        }
    }

    /// <summary>When a phase began.</summary>
    public TimeSpan Began(DrillPhase phase) => Phases.First(p => p.Phase == phase).At;

    /// <summary>Begins the next phase. Answers to questions from before are not kept: it is not known which of the two phases they show.</summary>
    public void Enter(DrillPhase phase)
    {
        lock (_lock)
        {
            if (_phases.Count > 0) _phases[^1] = _phases[^1] with { Duration = Now - _phases[^1].At };
            _phases.Add(new DrillPhaseTime(phase, Now, TimeSpan.Zero));
            _last.Clear();
        }
    }

    /// <summary>Begins to ask.</summary>
    public void Start() => _asking = Task.WhenAll(probes.Select(probe => Task.Run(() => AskAsync(probe))));

    /// <summary>
    /// How long, until now, a probe has given such answers without a break in this phase; null if its last answer was another. What held while
    /// something was being broken or healed says nothing about the time after it.
    /// </summary>
    public TimeSpan? Lasting(string probe, Func<string, bool> isSo)
    {
        TimeSpan? since = null;
        var phase = Phases[^1].Phase;
        foreach (var observation in Observations.Where(o => o.Probe == probe && o.Phase == phase).Reverse())
        {
            if (!isSo(observation.Value)) break;
            since = observation.At;
        }

        return Now - since;
    }

    /// <summary>Stops asking. The observations stay.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _asking.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AskAsync(Probe probe)
    {
        while (!_stop.IsCancellationRequested)
        {
            int phase;
            lock (_lock) phase = _phases.Count;
            using var deadline = new CancellationTokenSource(LongestAsk, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
            try
            {
                Keep(probe.Name, await probe.AskAsync(either.Token).ConfigureAwait(false), phase);
            }
            catch (ClusterHealException e)
            {
                Keep(probe.Name, $"? {e.ErrorId}", phase);
            }
            catch (OperationCanceledException)
            {
                if (!_stop.IsCancellationRequested) Keep(probe.Name, "? no answer", phase);
            }
            catch (Exception e)
            {
                // If a probe fails in a way that nobody expected, it sees nothing. The drill continues, and heals.
                Keep(probe.Name, $"? {e.GetType().Name}", phase);
            }

            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Keep(string probe, string value, int phase)
    {
        lock (_lock)
        {
            if (phase != _phases.Count) return;
            if (_last.TryGetValue(probe, out var index) && _observations[index].Value == value)
            {
                _observations[index] = _observations[index] with { Until = Now, Count = _observations[index].Count + 1 };
                return;
            }

            _last[probe] = _observations.Count;
            _observations.Add(new DrillObservation { Phase = _phases[^1].Phase, Probe = probe, Value = value, At = Now, Until = Now });
        }
    }
}
