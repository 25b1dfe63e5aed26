namespace ClusterHeal.Operations;

/// <summary>The name of the cluster of some hosts in prompts and reports, if the user gives none.</summary>
public static class ClusterName
{
    /// <summary>The name from the connection, unless the connection has other hosts; otherwise the name of the first host.</summary>
    /// <param name="connection">The connection; an empty name counts as none.</param>
    /// <param name="hosts">The hosts, at least one.</param>
    public static string Of(ClusterConnection connection, IReadOnlyList<string> hosts)
    {
        var isTheirs = connection.ClusterName.Length > 0
            && (connection.HostName.Count == 0 || hosts.All(host => connection.HostName.Any(known => HostNames.AreSame(known, host))));
        return isTheirs ? connection.ClusterName : hosts[0];
    }
}
