namespace ClusterHeal.Hosts;

/// <summary>Opens shells.</summary>
public static class HostShell
{
    /// <summary>A shell on this machine.</summary>
    /// <param name="connection">Whether to use sudo; the name is for messages only.</param>
    public static IHostShell OpenLocal(HostConnection connection) => new LocalShell(connection, TimeProvider.System);
}
