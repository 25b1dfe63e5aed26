namespace ClusterHeal.Operations;

/// <summary>What the cluster of some hosts is called in prompts and reports, if nobody says.</summary>
public static class ClusterName
{
    /// <summary>The name that a connection gave to it, unless the connection names other hosts; else the name of the first host.</summary>
    /// <param name="connection">The connection; one with an empty name is none.</param>
    /// <param name="hosts">The hosts, at least one.</param>
    public static string Of(ClusterConnection connection, IReadOnlyList<string> hosts)
    {
        var isTheirs = connection.ClusterName.Length > 0
            && (connection.HostName.Count == 0 || hosts.All(host => connection.HostName.Any(known => HostNames.AreSame(known, host))));
        return isTheirs ? connection.ClusterName : hosts[0];
    }
}
