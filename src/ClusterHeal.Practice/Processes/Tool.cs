using System.ComponentModel;
using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Practice.Processes;

/// <summary>Runs programs of this machine and waits for their end.</summary>
public static class Tool
{
    /// <summary>Runs one program with an empty standard input and collects what it prints.</summary>
    /// <param name="file">A path, or a name that is looked up on the PATH.</param>
    /// <param name="arguments">Its arguments; no shell sees them.</param>
    /// <param name="cancellationToken">Kills the program with all its children.</param>
    /// <param name="environment">Variables to set besides the own ones; null as a value removes one.</param>
    /// <param name="workingDirectory">Where it runs, or null for here.</param>
    /// <exception cref="PracticeException">There is no such program.</exception>
    public static async Task<ToolResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        var start = StartInfo(file, arguments, environment);
        start.WorkingDirectory = workingDirectory ?? "";
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = LaunchThread.Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult(Describe(start), process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The full path of a program on the PATH or in the system's folders, or null.</summary>
    public static string? Find(string name) =>
        ProgramPath.Find(name, $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin:/usr/bin".TrimStart(':'));

    internal static ProcessStartInfo StartInfo(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = ProgramStart.Of(Find(file) ?? throw Missing(file), arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return start;
    }

    internal static string Describe(ProcessStartInfo start) =>
        string.Join(' ', start.ArgumentList.Prepend(Path.GetFileName(start.FileName)));

    internal static PracticeException Missing(string file, Win32Exception? cause = null) =>
        new($"'{file}' is not on this machine; it comes with a Debian package of that or a similar name.", cause);
}
