using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClusterHeal.Practice.Processes;

/// <summary>
/// A program that runs beside us and never longer: the kernel kills it when our process ends, in whatever way. What it
/// prints goes into a file without passing through us.
/// </summary>
public sealed class BoundProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly Process _process;

    private BoundProcess(Process process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <param name="logPath">Where its output and errors are appended.</param>
    /// <param name="file">A path, or a name on the PATH.</param>
    /// <param name="arguments">Its arguments; no shell interprets them.</param>
    /// <param name="environment">Variables to set besides the own ones; null as a value removes one.</param>
    public static BoundProcess Start(
        string logPath, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        string[] wrapper = ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", """exec "$@" >>"$0" 2>&1 </dev/null""", logPath, Tool.Find(file) ?? throw Tool.Missing(file)];
        return new BoundProcess(LaunchThread.Start(Tool.StartInfo("setpriv", wrapper.Concat(arguments), environment)));
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has; kills it after the given time.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (HasExited) return;
        Signal(Terminate);
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Kills it (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Suspends it (SIGSTOP), and waits until it is suspended: the signal alone returns while its threads still run.</summary>
    public void Freeze()
    {
        Signal(Stop);
        SpinWait.SpinUntil(() => HasExited || Directory.GetDirectories($"/proc/{Id}/task").All(IsStopped));
    }

    /// <summary>Resumes it (SIGCONT).</summary>
    public void Thaw() => Signal(Continue);

    /// <summary>Waits until it has ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    // The state follows the name, which is in parentheses and may hold some itself.
    private static bool IsStopped(string task)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return true; // The thread has ended.
        }
    }

    private void Signal(int signal) => _ = SendSignal(Id, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
