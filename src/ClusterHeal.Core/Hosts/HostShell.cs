namespace ClusterHeal.Hosts;

/// <summary>Opens shells.</summary>
public static class HostShell
{
    /// <summary>A shell on a host by SSH. Nothing is started, and no error comes, before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="forOneScript">True where a single script will be run: then no connection is kept for more.</param>
    /// <exception cref="HostShellException">There is no ssh program, or a value cannot be what it should be.</exception>
    public static IHostShell OpenSsh(HostConnection connection, bool forOneScript = false) =>
        new OpenSshShell(connection, SshProgram.Find(Environment.GetEnvironmentVariable("PATH")), !forOneScript, TimeProvider.System);

    /// <summary>A shell on this machine.</summary>
    /// <param name="connection">Whether to use sudo; the name is for messages only.</param>
    public static IHostShell OpenLocal(HostConnection connection) => new LocalShell(connection, TimeProvider.System);
}
