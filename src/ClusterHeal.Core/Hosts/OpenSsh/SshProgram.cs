using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>The system's OpenSSH client.</summary>
internal static class SshProgram
{
    /// <summary>
    /// Finds <c>ssh</c> on the PATH.
    /// </summary>
    /// <param name="searchPath">The value of PATH.</param>
    /// <exception cref="HostShellException">There is none.</exception>
    /// <exception cref="ClusterHealException">The PATH finds it in the current folder.</exception>
    public static string Find(string? searchPath)
    {
        var folders = searchPath ?? "";
        if (OperatingSystem.IsWindows()) folders += Path.PathSeparator + Path.Combine(Environment.SystemDirectory, "OpenSSH");
        return ProgramPath.Find("ssh", folders) ?? throw new HostShellException(
                ErrorIds.SshClientNotFound,
                FaultCategory.NotFound,
                "No ssh program is on the PATH of this machine, so no host can be reached.",
                Environment.MachineName,
                "Install the OpenSSH client (Debian: openssh-client, Windows: the optional feature 'OpenSSH Client') and try again.");
    }
}
