using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>The system's OpenSSH client.</summary>
internal static class SshProgram
{
    /// <summary>
    /// Finds <c>ssh</c> on the PATH.
    /// </summary>
    /// <param name="searchPath">The value of PATH.</param>
    /// <returns>Its path, or null.</returns>
    /// <exception cref="ClusterHealException">Through the PATH it is found in the current folder.</exception>
    public static string? FindOrNull(string? searchPath)
    {
        var folders = searchPath ?? "";
        if (OperatingSystem.IsWindows()) folders += Path.PathSeparator + Path.Combine(Environment.SystemDirectory, "OpenSSH");
        return ProgramPath.Find("ssh", folders);
    }

    public static HostShellException Missing() => new(
        ErrorIds.SshClientNotFound,
        FaultCategory.NotFound,
        "No ssh program is on the PATH of this machine, and what was given needs it.",
        Environment.MachineName,
        "Install the OpenSSH client (Debian: openssh-client, Windows: the optional feature 'OpenSSH Client'), or use -SshTransport SshNet.");
}
