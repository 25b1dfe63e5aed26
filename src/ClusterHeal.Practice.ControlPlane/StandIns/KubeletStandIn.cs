using System.Collections.Concurrent;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Practice.ControlPlane.StandIns;

/// <summary>
/// A stand-in for a kubelet on a practice host: one process per manifest in the folder of static pods, and nothing else of a kubelet.
/// It sees a change at once (inotify) or after the poll of 20 seconds, gives a pod its grace period, starts a container again that
/// ended, with growing pauses, and leaves its pods running when it is stopped itself.
/// </summary>
internal sealed class KubeletStandIn : IDisposable
{
    /// <summary>The command of this program for it.</summary>
    public const string Command = "kubelet-stand-in";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly string _manifests;
    private readonly string _nodeName;
    private readonly ConcurrentDictionary<string, PodRunner> _pods = new();
    private readonly SemaphoreSlim _changed = new(0);

    private KubeletStandIn(string manifests, string nodeName) => (_manifests, _nodeName) = (manifests, nodeName);

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="arguments">A kubelet's <c>--config</c> and <c>--hostname-override</c>; others are ignored.</param>
    /// <param name="cancellationToken">Ends it; the pods stay.</param>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var folder = StaticPodPath(Option("--config") ?? "/var/lib/kubelet/config.yaml");
        await RunAsync(folder, Option("--hostname-override") ?? Environment.MachineName, cancellationToken);
        return 0;

        string? Option(string name) =>
            arguments.FirstOrDefault(each => each.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    /// <summary>Runs the pods of a folder of manifests until it is cancelled; the pods stay.</summary>
    public static async Task RunAsync(string manifests, string nodeName, CancellationToken cancellationToken)
    {
        using var kubelet = new KubeletStandIn(manifests, nodeName);
        await kubelet.RunAsync(cancellationToken);
    }

    public void Dispose() => _changed.Dispose();

    private static string StaticPodPath(string configuration) =>
        YamlText.Load(File.ReadAllText(configuration)).Child("staticPodPath").Text()
        ?? throw new PracticeException($"'{configuration}' has no staticPodPath.");

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"This is a stand-in for a kubelet, on a practice host. Static pods come from {_manifests}.");
        Directory.CreateDirectory(_manifests);
        using var watcher = new FileSystemWatcher(_manifests) { EnableRaisingEvents = true };
        watcher.Created += (_, _) => _changed.Release();
        watcher.Changed += (_, _) => _changed.Release();
        watcher.Deleted += (_, _) => _changed.Release();
        watcher.Renamed += (_, _) => _changed.Release();

        var untilPoll = TimeSpan.Zero;
        while (true)
        {
            var changed = await _changed.WaitAsync(untilPoll < Look ? untilPoll : Look, cancellationToken);
            untilPoll -= Look;
            if (changed || untilPoll <= TimeSpan.Zero)
            {
                Synchronize(cancellationToken);
                untilPoll = Poll;
            }
            foreach (var pod in _pods.Values) await pod.KeepRunningAsync(cancellationToken);
        }
    }

    private void Synchronize(CancellationToken cancellationToken)
    {
        var wanted = Directory.EnumerateFiles(_manifests)
            .Where(path => !Path.GetFileName(path).StartsWith('.'))
            .Select(path => StaticPod.Read(path, _nodeName))
            .OfType<StaticPod>()
            .DistinctBy(pod => pod.Uid)
            .ToDictionary(pod => pod.Uid);

        foreach (var uid in PodRunner.FindRunning().Where(uid => !wanted.ContainsKey(uid))) _pods.TryAdd(uid, new PodRunner(uid, null));
        foreach (var (uid, runner) in _pods.Where(each => !wanted.ContainsKey(each.Key) && !each.Value.IsEnding))
        {
            Console.WriteLine($"Pod {runner} ends: its manifest is gone or changed.");
            _ = EndAsync(uid, runner, cancellationToken);
        }
        foreach (var (uid, pod) in wanted)
        {
            // A pod of the same name must be gone first: two etcd cannot share a data folder.
            if (_pods.Values.Any(other => other.Uid != uid && (other.Name is null || other.Name == pod.Name))) continue;
            _pods.TryAdd(uid, new PodRunner(uid, pod));
        }
    }

    private async Task EndAsync(string uid, PodRunner runner, CancellationToken cancellationToken)
    {
        await runner.EndAsync(cancellationToken);
        _pods.TryRemove(uid, out _);
        _changed.Release();
    }
}
