using System.Text.RegularExpressions;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// The shell library of the host scripts, run by a shell of this machine in a folder of its own: of <c>/proc</c> and <c>/var/log</c> it sees
/// what a test laid there, and nothing of this machine but its own open files.
/// </summary>
internal sealed partial class HostLibrary : IDisposable
{
    private readonly TempFolder _folder = new();

    public HostLibrary()
    {
        Uptime = 1000;
        Write("proc/sys/kernel/random/boot_id", "boot-1\n");
        // A copy of a program keeps its mode, so no call that Windows lacks is needed.
        Directory.CreateDirectory(PathOf("bin"));
        File.Copy("/bin/sh", PathOf("bin/systemctl"));
        PlaySystemctl("exit 0");
    }

    /// <summary>The seconds since the boot that the scripts read.</summary>
    public double Uptime
    {
        set => Write("proc/uptime", FormattableString.Invariant($"{value:0.00} 17.03\n"));
    }

    /// <summary>Where a path of the host lies.</summary>
    public string PathOf(string path) => Path.Combine(_folder.Path, path.TrimStart('/'));

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>What <c>systemctl</c> does: the body of a script.</summary>
    public void PlaySystemctl(string body) => Write("bin/systemctl", $"#!/bin/sh\n{body}\n");

    /// <summary>A process as the kernel shows it.</summary>
    public void Process(int id, string cgroup, string name, string? firstWord = null, char state = 'S')
    {
        Write($"proc/{id}/cgroup", cgroup + "\n");
        Write($"proc/{id}/comm", name[..Math.Min(15, name.Length)] + "\n");
        Write($"proc/{id}/cmdline", $"{firstWord ?? name}\0--flag\0");
        Write($"proc/{id}/status", $"Name:\t{name}\nState:\t{state} (state)\n");
    }

    /// <summary>Runs a command behind the library; a path in it that begins with <c>@</c> is the host's.</summary>
    public Task<ToolResult> RunAsync(string command, string shell = "sh")
    {
        var library = HostsPath().Replace(HostScript.Text("library"), _folder.Path + "$0");
        var text = $"set -u\n{library}\n{command.Replace("@/", _folder.Path + "/", StringComparison.Ordinal)}\n";
        var environment = new Dictionary<string, string?> { ["PATH"] = $"{PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
        return Tool.RunAsync(shell, ["-c", text], TestContext.Current.CancellationToken, environment);
    }

    /// <summary>Runs a command and expects that it prints this and succeeds.</summary>
    public async Task<string> PrintsAsync(string command)
    {
        var result = await RunAsync(command);
        Assert.True(result.ExitCode == 0, $"{command}: {result.ExitCode} {result.Error}");
        return result.Output.Trim();
    }

    public void Dispose() => _folder.Dispose();

    // /proc/self is the shell's own.
    [GeneratedRegex("/proc/(?!self)|/var/log/|/var/lib/clusterheal")]
    private static partial Regex HostsPath();
}
