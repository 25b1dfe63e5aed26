using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Practice.ControlPlane.StandIns;

/// <summary>
/// The one process of a static pod, in a scope of systemd named and placed as a kubelet with containerd does it
/// (<c>kubepods.slice/…/cri-containerd-….scope</c>). The scope outlives the kubelet's stand-in, which finds it again by its name.
/// </summary>
internal sealed class PodRunner
{
    private const string CgroupRoot = "/sys/fs/cgroup";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly StaticPod? _pod;
    private Process? _process;
    private TimeSpan _pause = TimeSpan.Zero;
    private long _ended;

    /// <param name="uid">The pod's id.</param>
    /// <param name="pod">What to run, or null for a pod that was found running without a manifest.</param>
    public PodRunner(string uid, StaticPod? pod) => (Uid, _pod) = (uid, pod);

    public string Uid { get; }

    public string? Name => _pod?.Name;

    public bool IsEnding { get; private set; }

    private string Group => $"{CgroupRoot}/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Uid}.slice";

    private string Scope => $"cri-containerd-{Uid}{Uid}.scope";

    /// <summary>The ids of the pods that have a group on this host.</summary>
    public static IReadOnlyList<string> FindRunning()
    {
        const string Prefix = "kubepods-burstable-pod", Suffix = ".slice";
        var parent = $"{CgroupRoot}/kubepods.slice/kubepods-burstable.slice";
        if (!Directory.Exists(parent)) return [];
        var slices = Directory.GetDirectories(parent, $"{Prefix}*{Suffix}").Select(path => Path.GetFileName(path));
        return [.. slices.Select(slice => slice[Prefix.Length..^Suffix.Length])];
    }

    /// <summary>Starts the process if none runs and the pause after its last end is over.</summary>
    public async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        if (IsEnding || _pod is null || IsRunning()) return;
        if (_process is not null)
        {
            Console.WriteLine($"The container of pod {this} ended with {_process.ExitCode}; the next starts in {_pause.TotalSeconds:0} s.");
            _process.Dispose();
            _process = null;
            _ended = Stopwatch.GetTimestamp();
        }
        if (_ended != 0 && Stopwatch.GetElapsedTime(_ended) < _pause) return;

        // The first new start is at once, the next after 10 seconds, then 20, up to 5 minutes (kubelet: MaxContainerBackOff).
        _pause = _ended == 0 ? TimeSpan.Zero : Longer(_pause);
        await SystemctlAsync(["reset-failed", Scope], cancellationToken);
        var log = $"/var/log/pods/{_pod.Namespace}_{_pod.Name}_{Uid}/{_pod.Container}/0.log";
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        string[] run = ["--quiet", "--scope", $"--unit={Scope}", $"--slice={_pod.Slice}", "--collect", "--"];
        string[] redirect = ["/bin/sh", "-c", """exec "$@" >>"$0" 2>&1 </dev/null""", log];
        _process = Process.Start(ProgramStart.Of("systemd-run", [.. run, .. redirect, .. _pod.Command]))!;
        Console.WriteLine($"Pod {this} runs as process {_process.Id}.");
    }

    /// <summary>Ends the pod: SIGTERM, its grace period, SIGKILL.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        IsEnding = true;
        var grace = _pod?.GracePeriod ?? TimeSpan.FromSeconds(30);
        await SystemctlAsync(["kill", "--signal=TERM", Scope], cancellationToken);
        var since = Stopwatch.GetTimestamp();
        while (IsRunning() && Stopwatch.GetElapsedTime(since) < grace) await Task.Delay(100, cancellationToken);
        if (IsRunning()) await SystemctlAsync(["kill", "--signal=KILL", Scope], cancellationToken);
        await SystemctlAsync(["stop", Scope, $"kubepods-burstable-pod{Uid}.slice"], cancellationToken);
    }

    public override string ToString() => Name ?? Uid;

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));

    /// <summary>Its exit code does not matter: a unit that is gone already is as good.</summary>
    private static async Task SystemctlAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(ProgramStart.Piped("systemctl", arguments))!;
        await process.WaitForExitAsync(cancellationToken);
    }

    private bool IsRunning()
    {
        if (_process is { HasExited: false }) return true;
        try
        {
            return File.ReadLines($"{Group}/{Scope}/cgroup.procs").Any();
        }
        catch (IOException)
        {
            // systemd removes the group with its last process, perhaps while we read it.
            return false;
        }
    }
}
