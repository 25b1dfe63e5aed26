namespace ClusterHeal.Hosts;

/// <summary>Opens shells on hosts by SSH: the one place that knows how a host is reached.</summary>
/// <param name="explain">Is told which transport is used for a host, and why.</param>
public sealed class HostShells(Action<string> explain)
{
    /// <summary>A shell on a host. It starts nothing, and so fails at nothing, before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    public IHostShell Open(HostConnection connection) => new ChosenShell(connection, forOneScript: false, explain, TimeProvider.System);

    /// <summary>The same for a single script: no connection is kept for a second one.</summary>
    /// <param name="connection">The host and how to log in.</param>
    public IHostShell OpenForOneScript(HostConnection connection) => new ChosenShell(connection, forOneScript: true, explain, TimeProvider.System);
}
