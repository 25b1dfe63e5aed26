using System.Text;
using System.Text.RegularExpressions;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// A host in a folder: its scripts are the real ones, run by a shell of this machine. Of <c>/proc</c>, <c>/var</c> and systemd's units they see
/// what lies there; systemd is played, with its timers and the units that were started as files. Nothing of this machine is touched.
/// </summary>
internal sealed partial class SimulatedHost : IHostShell, IDisposable
{
    private const string Systemctl = """
        for last; do :; done
        case $1 in
          list-units)
            for unit in "$SIMULATED"/units/*; do
              unit=${unit##*/}
              case $unit in $last) echo "$unit loaded active waiting" ;; esac
            done ;;
          is-active) [ -e "$SIMULATED/units/$last" ] ;;
          start) : > "$SIMULATED/units/$last" ;;
          stop) rm -f "$SIMULATED/units/$last" ;;
        esac
        """;

    private const string SystemdRun = """
        for word; do
          case $word in --unit=*) : > "$SIMULATED/units/${word#--unit=}.timer" ;; esac
        done
        """;

    private readonly TempFolder _folder = new();
    private string _programs = Environment.GetEnvironmentVariable("PATH")!;

    public SimulatedHost()
    {
        Uptime = 1000;
        BootId = "boot-1";
        Directory.CreateDirectory(PathOf("units"));
        Directory.CreateDirectory(PathOf("etc/systemd/system"));
        Play("systemctl", Systemctl);
        Play("systemd-run", SystemdRun);
    }

    public string HostName => "h1";

    /// <summary>The seconds since the boot.</summary>
    public double Uptime
    {
        set => Write("proc/uptime", FormattableString.Invariant($"{value:0.00} 17.03\n"));
    }

    /// <summary>The name of the boot.</summary>
    public string BootId
    {
        set => Write("proc/sys/kernel/random/boot_id", $"{value}\n");
    }

    /// <summary>The timers and the started units that systemd knows.</summary>
    public string[] Units => [.. Directory.GetFiles(PathOf("units")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Where a path of the host lies.</summary>
    public string PathOf(string path) => Path.Combine(_folder.Path, path.TrimStart('/'));

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Puts a script in front of a program of the host.</summary>
    public void Play(string program, string body)
    {
        // A copy of a program keeps its mode, so no call that Windows lacks is needed.
        Directory.CreateDirectory(PathOf("bin"));
        if (!File.Exists(PathOf($"bin/{program}"))) File.Copy("/bin/sh", PathOf($"bin/{program}"));
        Write($"bin/{program}", $"#!/bin/sh\n{body}\n");
    }

    /// <summary>Takes a program of this machine away from the host.</summary>
    public void Lose(string program)
    {
        var left = Directory.CreateDirectory(PathOf("programs")).FullName;
        var files = _programs.Split(':').Where(Directory.Exists).SelectMany(Directory.GetFiles).DistinctBy(Path.GetFileName);
        foreach (var file in files.Where(file => Path.GetFileName(file) != program)) File.CreateSymbolicLink(Path.Combine(left, Path.GetFileName(file)), file);

        _programs = left;
    }

    /// <summary>A process as the kernel shows it.</summary>
    public void Process(int id, string cgroup, string name, string? firstWord = null, char state = 'S', int user = 0)
    {
        Write($"proc/{id}/cgroup", cgroup + "\n");
        Write($"proc/{id}/comm", name[..Math.Min(15, name.Length)] + "\n");
        Write($"proc/{id}/cmdline", $"{firstWord ?? name}\0--flag\0");
        Write($"proc/{id}/status", $"Name:\t{name}\nState:\t{state} (state)\nUid:\t0\t{user}\t0\t0\n");
        Write($"proc/{id}/stat", $"{id} ({name}) {state} 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0\n");
    }

    /// <summary>Runs a command behind the library; a path in it that begins with <c>@</c> is the host's.</summary>
    public Task<ToolResult> RunAsync(string command, string shell = "sh") =>
        RunAsync(shell, $"set -u\n{HostScript.Library}\n{command.Replace("@/", _folder.Path + "/", StringComparison.Ordinal)}\n", []);

    /// <summary>Runs a command and expects that it succeeds.</summary>
    /// <returns>What it prints.</returns>
    public async Task<string> PrintsAsync(string command)
    {
        var result = await RunAsync(command);
        Assert.True(result.ExitCode == 0, $"{command}: {result.ExitCode} {result.Error}");
        return result.Output.Trim();
    }

    public async Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        var result = await RunAsync("sh", $"main() {{\n{script.Body}\n}}\numask 077\n( main \"$@\" )\n", script.Arguments);
        return new ScriptResult(result.ExitCode, Encoding.UTF8.GetBytes(result.Output), result.Error);
    }

    public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => _folder.Dispose();

    private Task<ToolResult> RunAsync(string shell, string text, IReadOnlyList<string> arguments)
    {
        string[] words = ["-c", Here(text), shell, .. arguments.Select(Here)];
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = $"{PathOf("bin")}:{_programs}", ["SIMULATED"] = _folder.Path,
        };
        return Tool.RunAsync(shell, words, TestContext.Current.CancellationToken, environment);
    }

    private string Here(string text) => HostsPath().Replace(text, _folder.Path + "$0");

    // /proc/self is the shell's own. What a test has made a path of the folder stays so.
    [GeneratedRegex(@"(?<!\w)(/proc/(?!self)|/var/log/|/var/lib/clusterheal|/etc/systemd/system)")]
    private static partial Regex HostsPath();
}
