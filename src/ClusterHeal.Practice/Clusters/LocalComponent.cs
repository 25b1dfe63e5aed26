using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Clusters;

/// <summary>One component of a <see cref="LocalControlPlane"/>: a process that can be stopped, killed, frozen and started again.</summary>
public sealed class LocalComponent : IAsyncDisposable
{
    private readonly string _file;
    private readonly string[] _arguments;
    private BoundProcess? _process;

    internal LocalComponent(string name, string logFile, string file, IEnumerable<string> arguments)
    {
        Name = name;
        LogFile = logFile;
        _file = file;
        _arguments = [.. arguments];
    }

    /// <summary>Its name, such as <c>scheduler</c> or <c>kubelet-kubew01</c>.</summary>
    public string Name { get; }

    /// <summary>The file with its output.</summary>
    public string LogFile { get; }

    /// <summary>True while its process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How its last process ended; null while it runs or when it never ran.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>Starts it and returns at once.</summary>
    public void Start()
    {
        if (IsRunning) throw new InvalidOperationException($"'{Name}' runs already.");
        _process = BoundProcess.Start(LogFile, _file, _arguments);
    }

    /// <summary>Ends it as <c>systemctl stop</c> does: SIGTERM, and SIGKILL if that takes too long.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _process is null ? Task.CompletedTask : _process.StopAsync(TimeSpan.FromSeconds(30), cancellationToken);

    /// <summary>Ends it as a power cut does: SIGKILL.</summary>
    public Task KillAsync() => _process is null ? Task.CompletedTask : _process.KillAsync();

    /// <summary>Waits until it ends by itself.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) =>
        _process?.WaitForExitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Suspends it (SIGSTOP).</summary>
    public void Freeze() => _process?.Freeze();

    /// <summary>Resumes it (SIGCONT).</summary>
    public void Thaw() => _process?.Thaw();

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The end of what it printed.</summary>
    internal string LastWords()
    {
        const int Lines = 6;
        if (!File.Exists(LogFile)) return "it printed nothing";
        return string.Join('\n', File.ReadLines(LogFile).TakeLast(Lines));
    }
}
