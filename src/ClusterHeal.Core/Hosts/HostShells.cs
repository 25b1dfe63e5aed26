namespace ClusterHeal.Hosts;

/// <summary>Opens shells on hosts by SSH: the one place that knows by what a host is reached.</summary>
/// <param name="explain">Is told which transport is taken for a host, and why.</param>
public sealed class HostShells(Action<string> explain)
{
    /// <summary>A shell on a host. Nothing is started, and no error comes, before it is used.</summary>
    /// <param name="connection">The host and how to log in.</param>
    public IHostShell Open(HostConnection connection) => new ChosenShell(connection, forOneScript: false, explain, TimeProvider.System);

    /// <summary>The same for a single script: no connection is kept for more.</summary>
    /// <param name="connection">The host and how to log in.</param>
    public IHostShell OpenForOneScript(HostConnection connection) => new ChosenShell(connection, forOneScript: true, explain, TimeProvider.System);
}
