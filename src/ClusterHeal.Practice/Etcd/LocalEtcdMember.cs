using ClusterHeal.Common;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Etcd;

/// <summary>One member of a <see cref="LocalEtcd"/>.</summary>
public sealed class LocalEtcdMember
{
    private readonly LocalEtcd _cluster;
    private readonly string _metricsUrl;
    private BoundProcess? _process;

    internal LocalEtcdMember(LocalEtcd cluster, string name, string scheme, ReadOnlySpan<int> ports, string dataFolder, string logFile)
    {
        _cluster = cluster;
        Name = name;
        ClientUrl = $"{scheme}://127.0.0.1:{ports[0]}";
        PeerUrl = $"{scheme}://127.0.0.1:{ports[1]}";
        _metricsUrl = $"http://127.0.0.1:{ports[2]}";
        DataFolder = dataFolder;
        LogFile = logFile;
        Program = cluster.Programs.Server;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where clients reach it.</summary>
    public string ClientUrl { get; }

    /// <summary>Where the other members reach it.</summary>
    public string PeerUrl { get; }

    /// <summary>Its data folder.</summary>
    public string DataFolder { get; }

    /// <summary>The file with its output.</summary>
    public string LogFile { get; }

    /// <summary>The server that it runs from its next start on; an upgrade is another one.</summary>
    public string Program { get; set; }

    /// <summary>Flags of its own from its next start on, last on its command line.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Its process id while it runs, otherwise null.</summary>
    public int? ProcessId => _process is { HasExited: false } running ? running.Id : null;

    /// <summary>Starts it and waits until it answers clients. Members of a new cluster answer when a majority of them is started.</summary>
    /// <exception cref="PracticeException">It ended or did not answer in time; the message has the end of its output.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Launch();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Starts it and returns at once.</summary>
    public void Launch()
    {
        if (ProcessId is not null) throw new InvalidOperationException($"Member '{Name}' runs already.");
        _process = BoundProcess.Start(LogFile, Program, [.. _cluster.ArgumentsOf(this, _metricsUrl), .. Arguments]);
    }

    /// <summary>Waits until it answers clients. An alarm is an answer.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = HttpFactory.Client();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_cluster.Options.StartTimeout);
        try
        {
            while (!await AnswersAsync(http, deadline.Token))
            {
                if (ProcessId is null) throw new PracticeException($"etcd member '{Name}' ended: {LastWords()}");
                await Task.Delay(20, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PracticeException($"etcd member '{Name}' does not answer after {_cluster.Options.StartTimeout}: {LastWords()}");
        }
    }

    /// <summary>Ends it as <c>systemctl stop</c> does: SIGTERM, and SIGKILL if that takes too long.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _process is null ? Task.CompletedTask : _process.StopAsync(TimeSpan.FromSeconds(20), cancellationToken);

    /// <summary>Ends it as a power cut does: SIGKILL.</summary>
    public Task KillAsync() => _process is null ? Task.CompletedTask : _process.KillAsync();

    /// <summary>Stops its process for a while (SIGSTOP): connections are accepted and nothing answers.</summary>
    public void Freeze() => _process?.Freeze();

    /// <summary>Resumes a frozen process (SIGCONT).</summary>
    public void Thaw() => _process?.Thaw();

    /// <inheritdoc />
    public override string ToString() => $"{Name} {ClientUrl}";

    internal bool PortWasTaken() => File.Exists(LogFile) && LastWords().Contains("address already in use", StringComparison.Ordinal);

    private string LastWords()
    {
        var lines = File.Exists(LogFile) ? File.ReadAllLines(LogFile) : [];
        // A wrong flag is named in the first lines, above a long usage text; everything else fails in the last ones.
        if (lines.Length == 0) return "it printed nothing.";
        return string.Join('\n', lines.Length <= 8 ? lines : [.. lines[..3], "...", .. lines[^4..]]);
    }

    private async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"{_metricsUrl}/health"), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode || body.Contains("ALARM", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
