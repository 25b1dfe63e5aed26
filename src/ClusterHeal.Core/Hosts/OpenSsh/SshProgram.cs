namespace ClusterHeal.Hosts;

/// <summary>The system's OpenSSH client.</summary>
internal static class SshProgram
{
    /// <summary>
    /// Finds <c>ssh</c> on the PATH, in full folders only: never in the current one, where anybody may have put a program of that name.
    /// </summary>
    /// <param name="searchPath">The value of PATH.</param>
    /// <exception cref="HostShellException">There is none.</exception>
    public static string Find(string? searchPath)
    {
        var name = OperatingSystem.IsWindows() ? "ssh.exe" : "ssh";
        var folders = (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        if (OperatingSystem.IsWindows()) folders.Add(Path.Combine(Environment.SystemDirectory, "OpenSSH"));
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new HostShellException(
                ErrorIds.SshClientNotFound,
                FaultCategory.NotFound,
                "No ssh program is on the PATH of this machine, so no host can be reached.",
                Environment.MachineName,
                "Install the OpenSSH client (Debian: openssh-client, Windows: the optional feature 'OpenSSH Client') and try again.");
    }
}
