using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace ClusterHeal.Fuzz;

/// <summary>
/// Gives inputs to targets, one after the other, and keeps those of which something nobody foresaw came: an exception, too much time, too much
/// memory, or something untrue. The same seed makes the same inputs.
/// </summary>
/// <param name="targets">The targets.</param>
/// <param name="longest">How many bytes a text may have.</param>
/// <param name="keep">The folder for the inputs of findings, or null to keep none.</param>
internal sealed class FuzzRun(IReadOnlyList<IFuzzTarget> targets, int longest, string? keep)
{
    /// <summary>A reader that takes longer hangs, for whoever waits.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    /// <summary>Inputs are below a MiB; a reader that needs more than this for one is led by the nose.</summary>
    private const long MostAllocated = 256 * 1024 * 1024;

    private readonly Dictionary<string, string> _findings = [];
    private readonly Dictionary<(string Target, FuzzOutcome? Outcome), int> _counts = [];

    /// <summary>What was found, each kind once, in words.</summary>
    public IReadOnlyCollection<string> Findings => _findings.Values;

    /// <summary>The slowest input.</summary>
    public (string Target, long Number, TimeSpan Time) Slowest { get; private set; }

    /// <summary>The input that needed most memory, by what was allocated for it in sum.</summary>
    public (string Target, long Number, long Bytes) Largest { get; private set; }

    /// <summary>How many inputs were read.</summary>
    public long Count { get; private set; }

    /// <summary>Reads one input of the next target.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="before">Told target and input before it is read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task StepAsync(int seed, Action<IFuzzTarget, byte[]> before, CancellationToken cancellationToken)
    {
        var number = Count++;
        var target = targets[(int)(number % targets.Count)];
        var input = target.Make(new Random(unchecked((int)((seed * 1_000_003L) + number))), longest);
        before(target, input);
        var (start, allocated) = (ProcessorTime(), GC.GetTotalAllocatedBytes());
        FuzzOutcome? outcome = null;
        try
        {
            outcome = await target.ReadAsync(input, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            Add(target, input, $"{e.GetType().Name} in {Place(e)}: {e.Message}", e.ToString());
        }

        // On a busy machine a reader waits for others, which says nothing of it; one that waits for ever is the watchdog's business.
        var time = ProcessorTime() - start;
        var bytes = GC.GetTotalAllocatedBytes() - allocated;
        try
        {
            await target.JudgeAsync(cancellationToken);
        }
        catch (UntrueException e)
        {
            Add(target, input, e.Message, e.ToString());
        }

        _counts[(target.Name, outcome)] = _counts.GetValueOrDefault((target.Name, outcome)) + 1;
        if (time > Slowest.Time) Slowest = (target.Name, number, time);
        if (bytes > Largest.Bytes) Largest = (target.Name, number, bytes);
        if (time > MostTime) Add(target, input, $"slow: more than {MostTime.TotalSeconds:0} s", $"{time}");
        if (bytes > MostAllocated) Add(target, input, $"large: more than {MostAllocated >> 20} MiB allocated", $"{bytes >> 20} MiB");
    }

    /// <summary>What came of all inputs, in lines.</summary>
    public IEnumerable<string> Describe()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Count} inputs");
        foreach (var target in targets)
        {
            int Of(FuzzOutcome? outcome) => _counts.GetValueOrDefault((target.Name, outcome));
            var proven = target is SnapshotTarget s ? $", of the taken {s.Judged} were judged by etcdutl" : "";
            yield return $"{target.Name}: {Of(FuzzOutcome.Taken)} taken, {Of(FuzzOutcome.Refused)} refused, {Of(null)} unforeseen{proven}";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"slowest: {Slowest.Target} {Slowest.Number}, {Slowest.Time.TotalMilliseconds:0} ms of the processor");
        yield return string.Create(CultureInfo.InvariantCulture, $"largest: {Largest.Target} {Largest.Number}, {Largest.Bytes >> 20} MiB allocated");
        yield return $"{_findings.Count} kinds of findings";
        foreach (var finding in _findings.Values) yield return "  " + finding;
    }

    private void Add(IFuzzTarget target, byte[] input, string what, string details)
    {
        // Numbers and names in it vary from input to input.
        var kind = $"{target.Name}: {new string([.. what.Where(c => !char.IsAsciiDigit(c))])}";
        kind = kind[..Math.Min(kind.Length, 120)];
        if (!_findings.TryAdd(kind, $"{target.Name}: {what}") || keep is null) return;
        var file = Path.Combine(keep, $"{target.Name}-{Convert.ToHexString(SHA256.HashData(input))[..12]}");
        File.WriteAllBytes(file + ".input", input);
        File.WriteAllText(file + ".txt", what + "\n" + details);
    }

    private static TimeSpan ProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    /// <summary>The innermost method of ours.</summary>
    private static string Place(Exception e) => new StackTrace(e).GetFrames()
        .Select(frame => frame.GetMethod())
        .FirstOrDefault(method => method?.DeclaringType?.Namespace?.StartsWith("ClusterHeal", StringComparison.Ordinal) == true) is { } ours
        ? $"{ours.DeclaringType!.Name}.{ours.Name}" : "?";
}
