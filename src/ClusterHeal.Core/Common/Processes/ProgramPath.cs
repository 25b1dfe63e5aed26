namespace ClusterHeal.Common;

/// <summary>
/// Finds a program by its name, as Go's <c>exec.LookPath</c> and so kubectl do: on the PATH alone. The framework's own search looks into
/// the current folder first, where anybody may have put a program of that name.
/// </summary>
internal static class ProgramPath
{
    /// <summary>Finds a program.</summary>
    /// <param name="command">A bare name, or a path, which is taken as it is.</param>
    /// <param name="searchPath">Folders, as in the variable PATH; null for that variable.</param>
    /// <returns>The full path, or null if no folder has such a program.</returns>
    /// <exception cref="ClusterHealException">The first one found is in a folder that the PATH names relative to the current one.</exception>
    public static string? Find(string command, string? searchPath = null)
    {
        if (command.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0) return Executable(Path.GetFullPath(command));
        if (command.Length == 0) return null;
        foreach (var folder in (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            // An empty entry is the current folder on Unix and nothing on Windows.
            if (folder.Length == 0 && OperatingSystem.IsWindows()) continue;
            if (Executable(Path.GetFullPath(Path.Combine(folder, command))) is not { } found) continue;
            return Path.IsPathFullyQualified(folder) ? found : throw Relative(command, folder, found);
        }

        return null;
    }

    /// <summary>Finds a program that has to be there.</summary>
    /// <inheritdoc cref="Find"/>
    /// <exception cref="ClusterHealException">There is none, or it is in the current folder.</exception>
    public static string Require(string command) => Find(command) ?? throw new ClusterHealException(
        ErrorIds.ProgramNotFound,
        FaultCategory.NotFound,
        $"The program '{command}' is not on the PATH of this machine.",
        command,
        "Install it, or add its folder to the variable PATH.");

    private static string? Executable(string path)
    {
        if (!OperatingSystem.IsWindows()) return File.Exists(path) && IsExecutable(path) ? path : null;
        var endings = (Environment.GetEnvironmentVariable("PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && File.Exists(path)) return path;
        return endings.Select(ending => path + ending).FirstOrDefault(File.Exists);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) & Execute) != 0;
    }

    private static ClusterHealException Relative(string command, string folder, string found) => new(
        ErrorIds.ProgramPathRelative,
        FaultCategory.Security,
        $"The program '{command}' was not started: the PATH finds it as '{found}', by {(folder.Length == 0 ? "an empty entry" : $"the entry '{folder}'")}, "
        + "which means the current folder.",
        command,
        "Take relative and empty entries out of the variable PATH: anybody may put a program into such a folder.");
}
