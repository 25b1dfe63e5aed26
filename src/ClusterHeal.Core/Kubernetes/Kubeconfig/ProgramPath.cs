namespace ClusterHeal.Kubernetes;

/// <summary>Finds a program as the user's shell would. Windows starts only <c>.exe</c> by a bare name, and many plugins are <c>.cmd</c>.</summary>
internal static class ProgramPath
{
    public static string Find(string command)
    {
        if (!OperatingSystem.IsWindows() || Path.IsPathRooted(command) || Path.HasExtension(command)) return command;
        var endings = (Environment.GetEnvironmentVariable("PATHEXT") ?? ".EXE;.CMD;.BAT").Split(';', StringSplitOptions.RemoveEmptyEntries);
        var found =
            from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            from ending in endings
            let path = Path.Combine(folder, command + ending)
            where File.Exists(path)
            select path;
        return found.FirstOrDefault(command);
    }
}
